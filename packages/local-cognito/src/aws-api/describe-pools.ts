import { z } from 'zod';
import { AwsError } from '../model/aws-error.ts';
import type { AppClient, UserPool } from '../pools/user-pool.ts';
import type { Core } from '../tokens/core.ts';
import { toFunctionArn } from '../trigger/lambda-environment.ts';
import { defineOperation, requireClient, requirePool } from './operation.ts';

/** @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ListUserPoolClients.html */
const MAX_PAGE_SIZE = 60;

/** Describes a pool. */
export const describeUserPool = defineOperation(
  z.object({ UserPoolId: z.string().min(1) }),
  (core, { UserPoolId }) => ({ UserPool: toUserPool(core, requirePool(core, UserPoolId)) }),
);

/** Describes an app client, one secret included. */
export const describeUserPoolClient = defineOperation(
  z.object({ UserPoolId: z.string().min(1), ClientId: z.string().min(1) }),
  (core, { UserPoolId, ClientId }) => {
    const pool = requirePool(core, UserPoolId);
    return { UserPoolClient: toUserPoolClient(core, pool, requireClient(core, pool, ClientId)) };
  },
);

/** Lists the clients of a pool by page. */
export const listUserPoolClients = defineOperation(
  z.object({
    UserPoolId: z.string().min(1),
    MaxResults: z.int().min(1).max(MAX_PAGE_SIZE).optional(),
    NextToken: z.string().optional(),
  }),
  (core, { UserPoolId, MaxResults = MAX_PAGE_SIZE, NextToken }) => {
    const { clients } = requirePool(core, UserPoolId);
    const start = readPageToken(NextToken);
    const end = start + MaxResults;
    return {
      UserPoolClients: clients
        .slice(start, end)
        .map(({ clientId, name }) => ({ ClientId: clientId, ClientName: name, UserPoolId })),
      ...(end < clients.length && { NextToken: String(end) }),
    };
  },
);

function toUserPool({ environment, trigger }: Core, pool: UserPool): object {
  const declared = environment.pools.find(({ name }) => name === pool.name);
  const { region, userPoolId, createdAt } = pool;
  return {
    Id: userPoolId,
    Name: pool.name,
    Arn: `arn:aws:cognito-idp:${region}:000000000000:userpool/${userPoolId}`,
    CreationDate: createdAt,
    LastModifiedDate: createdAt,
    EstimatedNumberOfUsers: 0,
    UserPoolTier: declared?.plan ?? 'ESSENTIALS',
    ...(declared && { Domain: declared.domainPrefix }),
    LambdaConfig: trigger
      ? {
          PreTokenGenerationConfig: {
            LambdaArn: toFunctionArn(region),
            LambdaVersion: 'V3_0',
          },
        }
      : {},
  };
}

function toUserPoolClient(core: Core, pool: UserPool, client: AppClient): object {
  const secrets = core.secrets.list(pool, client);
  return {
    UserPoolId: pool.userPoolId,
    ClientName: client.name,
    ClientId: client.clientId,
    ClientSecret: secrets.at(core.behaviour.describedSecret === 'oldest' ? 0 : -1)?.value,
    CreationDate: client.createdAt,
    LastModifiedDate: client.createdAt,
    AccessTokenValidity: client.accessTokenMinutes,
    TokenValidityUnits: { AccessToken: 'minutes' },
    ExplicitAuthFlows: client.explicitAuthFlows,
    AllowedOAuthFlows: ['client_credentials'],
    AllowedOAuthFlowsUserPoolClient: true,
    AllowedOAuthScopes: client.scopes,
  };
}

function readPageToken(token: string | undefined): number {
  if (token === undefined) return 0;
  if (/^\d{1,6}$/.test(token)) return Number(token);
  throw new AwsError('InvalidParameterException', 'NextToken was not issued by this server.');
}
