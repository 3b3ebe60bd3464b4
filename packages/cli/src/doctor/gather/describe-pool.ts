import {
  type CognitoIdentityProviderClient,
  DescribeUserPoolCommand,
  paginateListResourceServers,
  type UserPoolType,
} from '@aws-sdk/client-cognito-identity-provider';
import type { AttachedTrigger, UserPoolView } from '../deployment-view.ts';

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
  const { Arn = '', UserPoolTier, DeletionProtection, AdminCreateUserConfig } = UserPool;
  const domain = UserPool.CustomDomain ?? UserPool.Domain;
  const trigger = attachedTrigger(UserPool);
  return {
    arn: Arn,
    plan: UserPoolTier ?? 'unknown',
    isDeletionProtected: DeletionProtection === 'ACTIVE',
    isSignUpOpen: AdminCreateUserConfig?.AllowAdminCreateUserOnly !== true,
    ...(domain !== undefined && { domain }),
    ...(trigger && { trigger }),
    scopes: await listScopes(client, userPoolId),
  };
}

function attachedTrigger({ LambdaConfig }: UserPoolType): AttachedTrigger | undefined {
  const { LambdaArn, LambdaVersion } = LambdaConfig?.PreTokenGenerationConfig ?? {};
  if (LambdaArn !== undefined) return { functionArn: LambdaArn, version: LambdaVersion ?? 'V1_0' };
  const legacyArn = LambdaConfig?.PreTokenGeneration;
  return legacyArn === undefined ? undefined : { functionArn: legacyArn, version: 'V1_0' };
}

async function listScopes(
  client: CognitoIdentityProviderClient,
  userPoolId: string,
): Promise<string[]> {
  const scopes: string[] = [];
  const pages = paginateListResourceServers(
    { client },
    { UserPoolId: userPoolId, MaxResults: PAGE_SIZE },
  );
  for await (const { ResourceServers = [] } of pages) {
    for (const { Identifier, Scopes = [] } of ResourceServers) {
      scopes.push(...Scopes.map(({ ScopeName }) => `${Identifier}/${ScopeName}`));
    }
  }
  return scopes;
}
