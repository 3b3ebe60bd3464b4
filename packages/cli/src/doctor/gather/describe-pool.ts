import {
  type CognitoIdentityProviderClient,
  DescribeUserPoolCommand,
  type UserPoolType,
} from '@aws-sdk/client-cognito-identity-provider';
import { readResourceServers } from '../../cognito/read-resource-servers.ts';
import type { AttachedTrigger, UserPoolView } from '../deployment-view.ts';

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
  const servers = await readResourceServers(client, userPoolId);
  return {
    arn: Arn,
    plan: UserPoolTier ?? 'unknown',
    isDeletionProtected: DeletionProtection === 'ACTIVE',
    isSignUpOpen: AdminCreateUserConfig?.AllowAdminCreateUserOnly !== true,
    ...(domain !== undefined && { domain }),
    ...(trigger && { trigger }),
    scopes: servers.flatMap(({ Identifier, Scopes = [] }) =>
      Scopes.map(({ ScopeName }) => `${Identifier}/${ScopeName}`),
    ),
  };
}

function attachedTrigger({ LambdaConfig }: UserPoolType): AttachedTrigger | undefined {
  const { LambdaArn, LambdaVersion } = LambdaConfig?.PreTokenGenerationConfig ?? {};
  if (LambdaArn !== undefined) return { functionArn: LambdaArn, version: LambdaVersion ?? 'V1_0' };
  const legacyArn = LambdaConfig?.PreTokenGeneration;
  return legacyArn === undefined ? undefined : { functionArn: legacyArn, version: 'V1_0' };
}
