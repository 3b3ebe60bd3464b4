import {
  type CognitoIdentityProviderClient,
  DescribeUserPoolCommand,
  paginateListResourceServers,
  paginateListUserPools,
  type ResourceServerType,
  type UserPoolType,
} from '@aws-sdk/client-cognito-identity-provider';
import { toAttachedFunction } from '../attached-function.ts';
import type { NamesakePool, RegistrationView, UserPoolView } from '../deployment-view.ts';

/** The most that one page of resource servers holds. */
const PAGE_SIZE = 50;

/**
 * Describes one user pool.
 *
 * @throws {ResourceNotFoundException} Of the SDK, if there is no such pool.
 */
export async function describePool(
  client: CognitoIdentityProviderClient,
  userPoolId: string,
): Promise<UserPoolView> {
  const { UserPool = {} } = await client.send(
    new DescribeUserPoolCommand({ UserPoolId: userPoolId }),
  );
  const { Arn = '', DeletionProtection, AdminCreateUserConfig } = UserPool;
  const servers = await readResourceServers(client, userPoolId);
  return {
    arn: Arn,
    plan: planOf(UserPool),
    isDeletionProtected: DeletionProtection === 'ACTIVE',
    isSignUpOpen: AdminCreateUserConfig?.AllowAdminCreateUserOnly !== true,
    domain: UserPool.CustomDomain ?? UserPool.Domain,
    trigger: toAttachedFunction(UserPool.LambdaConfig ?? {}),
    scopes: servers.flatMap(({ Identifier, Scopes = [] }) =>
      Scopes.map(({ ScopeName }) => `${Identifier}/${ScopeName}`),
    ),
    registration: registrationOf(UserPool),
    hasUpdatedIssuer: UserPool.IssuerConfiguration?.Type === 'UPDATED',
  };
}

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

function planOf(pool: Pick<UserPoolType, 'UserPoolTier'> | undefined): string {
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
}: Pick<UserPoolType, 'DcrConfiguration'>): RegistrationView | undefined {
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

/** Lists user pools that have one of some names and are not one of ours. */
export async function listNamesakes(
  client: CognitoIdentityProviderClient,
  names: ReadonlySet<string>,
  ourIds: ReadonlySet<string>,
): Promise<NamesakePool[]> {
  const namesakes: NamesakePool[] = [];
  for await (const { UserPools = [] } of paginateListUserPools({ client }, { MaxResults: 60 })) {
    for (const { Id = '', Name = '' } of UserPools) {
      if (names.has(Name) && !ourIds.has(Id)) namesakes.push({ userPoolId: Id, name: Name });
    }
  }
  return namesakes;
}
