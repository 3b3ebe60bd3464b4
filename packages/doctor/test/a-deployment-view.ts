import { VERSION } from '@cognito-m2m/claim-schema';
import { digestContract } from '@cognito-m2m/claim-schema/contract-diff';
import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { A_CLIENT_ID, A_POOL_ID, aBaseline } from '@cognito-m2m/claim-schema/testing';
import { TRIGGER_VARIABLES } from '@cognito-m2m/claims-store/trigger-settings';
import { validateEnvironment } from '@cognito-m2m/environment';
import { anEnvironment } from '@cognito-m2m/environment/fixtures';
import type {
  AppClientSettings,
  AppClientView,
  DeploymentView,
  FunctionView,
  NamedTable,
  PoolView,
  TableView,
  UserPoolView,
} from '../src/deployment-view.ts';

const POOL_ARN = `arn:aws:cognito-idp:eu-central-1:123456789012:userpool/${A_POOL_ID}`;
/** The issuer of the pool in its original form. */
export const AN_ISSUER = `https://cognito-idp.eu-central-1.amazonaws.com/${A_POOL_ID}`;
const ALIAS_ARN = 'arn:aws:lambda:eu-central-1:123456789012:function:trigger:live';

/** The time of the checks: 2026-06-01T12:00:00Z, in epoch milliseconds. */
export const TEST_NOW_MS = Date.UTC(2026, 5, 1, 12);

/** A user pool with nothing wrong. */
export function aUserPool(changes: Partial<UserPoolView> = {}): UserPoolView {
  return {
    arn: POOL_ARN,
    plan: 'ESSENTIALS',
    isDeletionProtected: true,
    isSignUpOpen: false,
    domain: 'acme-test-payments',
    trigger: { functionArn: ALIAS_ARN, version: 'V3_0' },
    scopes: ['orders/read', 'orders/write'],
    registration: undefined,
    hasUpdatedIssuer: false,
    ...changes,
  };
}

/** An app client with nothing wrong. */
export function anAppClient(
  settings: Partial<AppClientSettings> = {},
  changes: Partial<AppClientView> = {},
): AppClientView {
  return {
    clientId: A_CLIENT_ID,
    name: 'billing-worker',
    isRegistered: false,
    settings: {
      hasSecret: true,
      isOAuthEnabled: true,
      oauthFlows: ['client_credentials'],
      authFlows: ['ALLOW_REFRESH_TOKEN_AUTH'],
      scopes: ['orders/read'],
      ...settings,
    },
    secrets: [{ id: `${A_CLIENT_ID}--1`, createdAtMs: TEST_NOW_MS }],
    storedVersions: undefined,
    ...changes,
  };
}

/** Client secrets created at these times, in epoch milliseconds, oldest first. */
export function secretsOf(times: readonly number[]) {
  return times.map((createdAtMs, index) => ({ id: `${A_CLIENT_ID}--${index + 1}`, createdAtMs }));
}

/** A trigger function with nothing wrong. */
export function aFunction(changes: Partial<FunctionView> = {}): FunctionView {
  return {
    functionName: 'trigger',
    alias: 'live',
    aliasArn: ALIAS_ARN,
    versions: ['7'],
    declaredVersion: undefined,
    runtime: 'nodejs24.x',
    timeoutSeconds: 5,
    roleArn: 'arn:aws:iam::123456789012:role/trigger',
    state: 'Active',
    reservedConcurrency: undefined,
    variables: {
      CLAIMS_TABLE_NAME: 'claims',
      CLAIMS_CACHE_SECONDS: '30',
      CLAIMS_MAX_STALE_SECONDS: '900',
      CLAIMS_SIZE_BUDGET_BYTES: '4096',
      [TRIGGER_VARIABLES.contractDigest]: digestContract(contract),
      [TRIGGER_VARIABLES.version]: VERSION,
    },
    permissions: [
      { statementId: 'pool-payments', sourceArn: POOL_ARN, sourceAccount: '123456789012' },
    ],
    ...changes,
  };
}

/** A claims table with nothing wrong. */
export function aTable(changes: Partial<TableView> = {}): NamedTable {
  const arn = 'arn:aws:dynamodb:eu-central-1:123456789012:table/claims';
  const table = { arn, status: 'ACTIVE', isDeletionProtected: true, hasRecovery: true, ...changes };
  return { tableName: 'claims', table: { found: table }, access: { found: 'allowed' } };
}

/** The parts of a view that a test changes. */
export interface ViewChanges {
  readonly pool?: Partial<PoolView>;
  readonly view?: Partial<DeploymentView>;
}

/** A deployment of one pool and one client with nothing wrong. */
export function aDeploymentView({ pool, view }: ViewChanges = {}): DeploymentView {
  const environment = validateEnvironment(contract, anEnvironment());
  const [declared] = environment.pools;
  if (declared === undefined) throw new Error('the environment has a pool');
  const client = { clientId: A_CLIENT_ID, baseline: aBaseline() };
  return {
    environment,
    commandLine: (words) => `m2m ${words} --env ${environment.name}`,
    deployCommand: "npx -y pnpm@12 cdktf deploy 'test-*'",
    pools: [
      {
        declared,
        userPoolId: A_POOL_ID,
        tableName: 'claims',
        issuer: AN_ISSUER,
        clientIds: new Map([['billing-worker', A_CLIENT_ID]]),
        listing: { found: { clients: new Map([[A_CLIENT_ID, client]]), invalidItems: [] } },
        pool: { found: aUserPool() },
        attachment: undefined,
        clients: [anAppClient()],
        readers: new Map([['billing-worker', []]]),
        ...pool,
      },
    ],
    missingPools: [],
    unreadableIssuers: [],
    keyReaders: [],
    goneIssuerClients: [],
    requestsWithoutUserToken: undefined,
    trigger: { found: aFunction() },
    tables: [aTable()],
    namesakes: [],
    notChecked: [],
    notAllowed: [],
    ...view,
  };
}
