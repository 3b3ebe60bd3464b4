import {
  type CognitoIdentityProviderClient,
  DescribeUserPoolCommand,
  paginateListResourceServers,
  type ResourceServerType,
  type UserPoolType,
} from '@aws-sdk/client-cognito-identity-provider';
import type { UserPoolView } from '../deployment-view.ts';

/** The most that one page of resource servers holds. */
const PAGE_SIZE = 50;

/**
 * Reads the feature plan of a user pool.
 *
 * @throws {ResourceNotFoundException} Of the SDK, if there is no such pool.
 */
export async function readFeaturePlan(
  client: CognitoIdentityProviderClient,
  userPoolId: string,
): Promise<string> {
  const { UserPool } = await client.send(new DescribeUserPoolCommand({ UserPoolId: userPoolId }));
  return planOf(UserPool);
}

/** The feature plan of a described pool; an API like AWS may leave it out. */
export function planOf(pool: Pick<UserPoolType, 'UserPoolTier'> | undefined): string {
  return pool?.UserPoolTier ?? 'unknown';
}

/**
 * Reads how clients may register themselves.
 *
 * A configuration without a status is on. Without a list of grants, authenticated registration permits `client_credentials`, and
 * open registration does not; an empty list permits nothing.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-dynamic-client-registration.html
 */
export function registrationOf({
  DcrConfiguration,
}: Pick<UserPoolType, 'DcrConfiguration'>): UserPoolView['registration'] {
  if (DcrConfiguration === undefined) return undefined;
  const { EnableStatus, OpenDcrEnabled, AuthenticatedGrantTypes, OpenDcrGrantTypes } =
    DcrConfiguration;
  if (EnableStatus === 'Disabled') return { authenticated: [], open: [] };
  return {
    authenticated: AuthenticatedGrantTypes ?? ['code', 'client_credentials'],
    open: OpenDcrEnabled === true ? (OpenDcrGrantTypes ?? ['code']) : [],
  };
}

/** Reads every resource server of a pool with its scopes. */
export async function readResourceServers(
  client: CognitoIdentityProviderClient,
  userPoolId: string,
): Promise<ResourceServerType[]> {
  const servers: ResourceServerType[] = [];
  const pages = paginateListResourceServers(
    { client },
    { UserPoolId: userPoolId, MaxResults: PAGE_SIZE },
  );
  for await (const { ResourceServers = [] } of pages) servers.push(...ResourceServers);
  return servers;
}
