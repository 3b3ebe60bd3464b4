import { z } from 'zod';
import { AwsError } from '../model/aws-error.ts';
import { type AppClient, LOCAL_ACCOUNT, type UserPool } from '../pools/user-pool.ts';
import type { Core } from '../tokens/core.ts';
import { toFunctionArn } from '../trigger/lambda-environment.ts';
import { defineOperation, requireClient, requirePool } from './operation.ts';

/** @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ListUserPoolClients.html */
const MAX_PAGE_SIZE = 60;

const page = { NextToken: z.string().optional() };
const poolInput = z.object({ UserPoolId: z.string().min(1) });
const pageSize = z.int().min(1).max(MAX_PAGE_SIZE);

/** Describes a pool. */
const describeUserPool = defineOperation(poolInput, (core, { UserPoolId }) => ({
  UserPool: toUserPool(core, requirePool(core, UserPoolId)),
}));

/** Describes an app client, one secret included. */
const describeUserPoolClient = defineOperation(
  poolInput.extend({ ClientId: z.string().min(1) }),
  (core, { UserPoolId, ClientId }) => {
    const pool = requirePool(core, UserPoolId);
    return { UserPoolClient: toUserPoolClient(core, pool, requireClient(core, pool, ClientId)) };
  },
);

/** Lists the pools by page. */
const listUserPools = defineOperation(
  z.object({ ...page, MaxResults: pageSize }),
  (core, { MaxResults, NextToken }) => {
    const { items, ...rest } = toPage(core.directory.pools, MaxResults, NextToken);
    const UserPools = items.map((pool) => {
      const { Id, Name, LambdaConfig, LastModifiedDate, CreationDate } = toUserPool(core, pool);
      return { Id, Name, LambdaConfig, LastModifiedDate, CreationDate };
    });
    return { UserPools, ...rest };
  },
);

/** Lists the clients of a pool by page. */
const listUserPoolClients = defineOperation(
  poolInput.extend({
    ...page,
    MaxResults: pageSize.optional(),
    ClientType: z.enum(['REGULAR', 'DCR']).optional(),
  }),
  (core, { UserPoolId, MaxResults = MAX_PAGE_SIZE, NextToken, ClientType }) => {
    const { clients } = requirePool(core, UserPoolId);
    const wanted = clients.filter(
      ({ members }) =>
        ClientType === undefined || ClientType === (members['ClientType'] ?? 'REGULAR'),
    );
    const { items, ...rest } = toPage(wanted, MaxResults, NextToken);
    const UserPoolClients = items.map(({ clientId, name }) => {
      return { ClientId: clientId, ClientName: name, UserPoolId };
    });
    return { UserPoolClients, ...rest };
  },
);

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

/** What describes and lists pools and app clients. */
export const READ_OPERATIONS = {
  DescribeUserPool: describeUserPool,
  DescribeUserPoolClient: describeUserPoolClient,
  ListUserPools: listUserPools,
  ListUserPoolClients: listUserPoolClients,
};
