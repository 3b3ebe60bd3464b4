import type { BaselineRecord } from '@cognito-m2m/claim-schema';
import {
  type Client,
  DEFAULT_TRIGGER,
  type Environment,
  type Pool,
  toBaselineRecord,
  toSettingsRecord,
} from '@cognito-m2m/environment';
import type {
  ClientDescription,
  EnvironmentDescription,
  PoolDescription,
} from '../src/import/pool-description.ts';

/** The account that everything is deployed to in tests. */
export const TEST_ACCOUNT_ID = '123456789012';

/** What an import reads of an environment that our deploy made, by what the deploy writes. */
export function asDeployed(environment: Environment): EnvironmentDescription {
  const { name, region, owner, trigger, alarmTopicArn, watch } = environment;
  const defaults = new Map<string, unknown>(Object.entries(DEFAULT_TRIGGER));
  const settings = Object.entries(trigger).filter(
    ([setting, value]) => defaults.get(setting) !== value,
  );
  return {
    name,
    region,
    pools: environment.pools.map((pool) => asDeployedPool(environment, pool)),
    trigger: {
      owner,
      settings: Object.fromEntries(settings),
      alarmTopicArn,
      watch,
      canaries: new Map(
        environment.pools.flatMap(({ name: pool, canary }): [string, string][] =>
          canary === undefined ? [] : [[pool, canary]],
        ),
      ),
    },
  };
}

function asDeployedPool(environment: Environment, pool: Pool): PoolDescription {
  const userPoolId = `${environment.region}_${pool.name.replaceAll('-', '')}`;
  const baselines = pool.clients.map((client) =>
    toBaselineRecord(pool, client, { userPoolId, clientId: `id-of-${client.name}` }),
  );
  return {
    name: pool.name,
    userPoolId,
    pool: {
      Id: userPoolId,
      Name: `m2m-${environment.name}-${pool.name}`,
      Arn: `arn:aws:cognito-idp:${environment.region}:${TEST_ACCOUNT_ID}:userpool/${userPoolId}`,
      Domain: pool.domainPrefix,
      UserPoolTier: pool.plan,
      DeletionProtection: environment.isDisposable ? 'INACTIVE' : 'ACTIVE',
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
      LambdaConfig: {
        PreTokenGenerationConfig: { LambdaArn: 'arn:trigger:live', LambdaVersion: 'V3_0' },
      },
      UserPoolTags: {
        application: 'cognito-m2m-claims',
        environment: environment.name,
        pool: pool.name,
        owner: pool.owner,
        ...environment.tags,
      },
    },
    resourceServers: Object.entries(pool.resourceServers).map(([Identifier, server]) => ({
      Identifier,
      Name: server.name,
      Scopes: Object.entries(server.scopes).map(([ScopeName, ScopeDescription]) => ({
        ScopeName,
        ScopeDescription,
      })),
    })),
    clients: pool.clients.map(asDeployedClient),
    groupNames: [],
    identityProviderNames: [],
    hasCustomLogin: false,
    webAclArn: pool.webAclArn,
    listing: {
      settings: toSettingsRecord(pool, userPoolId),
      clients: new Map(baselines.map((baseline) => [baseline.clientId, listed(baseline)])),
      invalidItems: [],
    },
    clientTexts: new Map(pool.clients.map(({ name, description }) => [name, description])),
    text: pool.description === '' ? undefined : pool.description,
    isDeployed: true,
    customDomain: pool.customDomain,
    attachment: undefined,
    addedClientIds: new Set(),
  };
}

function listed(baseline: BaselineRecord) {
  return { clientId: baseline.clientId, baseline };
}

function asDeployedClient({ name, scopes, accessTokenMinutes }: Client): ClientDescription {
  return {
    ClientId: `id-of-${name}`,
    ClientName: name,
    hasSecret: true,
    AllowedOAuthFlowsUserPoolClient: true,
    AllowedOAuthFlows: ['client_credentials'],
    AllowedOAuthScopes: [...scopes],
    AccessTokenValidity: accessTokenMinutes,
    TokenValidityUnits: { AccessToken: 'minutes' },
    ExplicitAuthFlows: ['ALLOW_REFRESH_TOKEN_AUTH'],
    PreventUserExistenceErrors: 'ENABLED',
    EnableTokenRevocation: true,
    RefreshTokenValidity: 30,
  };
}
