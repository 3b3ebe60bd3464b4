import { AwsError } from '../model/aws-error.ts';
import { type AppClient, LOCAL_ACCOUNT, type UserPool } from '../pools/user-pool.ts';
import type { Core } from '../tokens/core.ts';
import { toFunctionArn } from '../trigger/lambda-environment.ts';

/** One page of a list; there is a token only if another page follows. */
export function toPage<T>(items: readonly T[], size: number, token: string | undefined) {
  if (token !== undefined && !/^\d{1,6}$/.test(token)) {
    throw new AwsError('InvalidParameterException', 'NextToken was not issued by this server.');
  }
  const start = Number(token ?? 0);
  const end = start + size;
  // An undefined member is absent from the JSON.
  const NextToken = end < items.length ? String(end) : undefined;
  return { items: items.slice(start, end), NextToken };
}

/**
 * A pool as the API describes it, with the values that AWS gives to what nobody set.
 *
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolType.html
 */
export function toUserPool(core: Core, pool: UserPool) {
  const { region, userPoolId, createdAt, members } = pool;
  const preTokenGeneration = {
    LambdaArn: toFunctionArn(region),
    LambdaVersion: 'V3_0',
  };
  return {
    Policies: {
      PasswordPolicy: {
        MinimumLength: 8,
        RequireUppercase: true,
        RequireLowercase: true,
        RequireNumbers: true,
        RequireSymbols: true,
        TemporaryPasswordValidityDays: 7,
      },
      SignInPolicy: { AllowedFirstAuthFactors: ['PASSWORD'] },
    },
    DeletionProtection: 'INACTIVE',
    LambdaConfig: core.triggerOf(pool) ? { PreTokenGenerationConfig: preTokenGeneration } : {},
    SchemaAttributes: [],
    VerificationMessageTemplate: { DefaultEmailOption: 'CONFIRM_WITH_CODE' },
    MfaConfiguration: 'OFF',
    EmailConfiguration: { EmailSendingAccount: 'COGNITO_DEFAULT' },
    UserPoolTags: {},
    AdminCreateUserConfig: { AllowAdminCreateUserOnly: true, UnusedAccountValidityDays: 7 },
    UsernameConfiguration: { CaseSensitive: false },
    AccountRecoverySetting: { RecoveryMechanisms: [{ Priority: 1, Name: 'admin_only' }] },
    ...members,
    Id: userPoolId,
    Name: pool.name,
    Arn: `arn:aws:cognito-idp:${region}:${LOCAL_ACCOUNT}:userpool/${userPoolId}`,
    CreationDate: createdAt,
    LastModifiedDate: createdAt,
    EstimatedNumberOfUsers: 0,
    UserPoolTier: pool.plan,
    ...toDomainMembers(pool.domain),
  };
}

/** A whole domain name is a custom domain; a prefix is not. */
function toDomainMembers(domain: string | undefined) {
  return domain?.includes('.') ? { CustomDomain: domain } : { Domain: domain };
}

/**
 * A client as the API describes it, with the values that AWS gives to what nobody set.
 *
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolClientType.html
 */
export function toUserPoolClient(core: Core, pool: UserPool, client: AppClient) {
  const secrets = core.secrets.list(pool, client);
  return {
    RefreshTokenValidity: 30,
    TokenValidityUnits: { AccessToken: 'minutes' },
    AccessTokenValidity: client.accessTokenMinutes,
    PreventUserExistenceErrors: 'ENABLED',
    EnableTokenRevocation: true,
    EnablePropagateAdditionalUserContextData: false,
    AuthSessionValidity: 3,
    ClientType: 'REGULAR',
    ...client.members,
    UserPoolId: pool.userPoolId,
    ClientName: client.name,
    ClientId: client.clientId,
    ClientSecret: secrets.at(core.behaviour.describedSecret === 'oldest' ? 0 : -1)?.value,
    CreationDate: client.createdAt,
    LastModifiedDate: client.createdAt,
    ExplicitAuthFlows: client.explicitAuthFlows,
    AllowedOAuthFlows: client.flows,
    AllowedOAuthFlowsUserPoolClient: client.flows.length > 0,
    AllowedOAuthScopes: client.scopes,
  };
}
