import {
  DescribeUserPoolClientCommand,
  type UserPoolClientType,
} from '@aws-sdk/client-cognito-identity-provider';
import type { AppClient } from '../pools/user-pool.ts';
import type { ClientSecret } from '../storage/local-state.ts';
import { type AwsEndpoint, readIfThere } from './aws-endpoint.ts';

/** An app client as an API has it. */
export interface DeployedClient {
  readonly client: AppClient;
  readonly secret: ClientSecret;
}

/** Where a client is expected. */
interface ClientPlace {
  readonly name: string;
  /** The SSM parameter that named it. */
  readonly parameter: string;
  readonly userPoolId: string;
  readonly clientId: string;
}

/** Reads one app client; a fault if it is not there or gets no token from Amazon Cognito either. */
export async function readDeployedClient(
  endpoint: AwsEndpoint,
  { name, parameter, userPoolId, clientId }: ClientPlace,
): Promise<DeployedClient | { readonly fault: string }> {
  const describe = new DescribeUserPoolClientCommand({
    UserPoolId: userPoolId,
    ClientId: clientId,
  });
  const answer = await readIfThere(
    endpoint,
    `describe the client ${clientId}`,
    endpoint.cognito.send(describe),
  );
  const found = answer?.UserPoolClient;
  if (found === undefined) {
    return { fault: `no client ${clientId} in pool ${userPoolId}, which ${parameter} names` };
  }
  const { ClientSecret: value, AllowedOAuthScopes: scopes = [], AllowedOAuthFlows = [] } = found;
  if (value === undefined) return { fault: `client ${clientId} (${name}) has no secret` };
  if (!AllowedOAuthFlows.includes('client_credentials')) {
    return { fault: `client ${clientId} (${name}) may not use client_credentials` };
  }
  const createdMs = found.CreationDate?.getTime() ?? 0;
  const createdAt = Math.floor(createdMs / 1000);
  return {
    client: {
      name,
      clientId,
      scopes,
      accessTokenMinutes: toAccessTokenMinutes(found),
      explicitAuthFlows: found.ExplicitAuthFlows ?? [],
      createdAt,
    },
    secret: { id: `${clientId}--${createdMs}`, value, createdAt },
  };
}

const MINUTES_PER_UNIT = { seconds: 1 / 60, minutes: 1, hours: 60, days: 1440 } as const;

/**
 * How long the client's access tokens live, to the whole minute; an hour unless it says otherwise.
 *
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolClientType.html
 */
function toAccessTokenMinutes(client: UserPoolClientType): number {
  const unit = client.TokenValidityUnits?.AccessToken ?? 'hours';
  return Math.floor((client.AccessTokenValidity || 1) * MINUTES_PER_UNIT[unit]);
}
