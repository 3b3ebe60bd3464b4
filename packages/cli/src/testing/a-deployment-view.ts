import { contract } from '@cognito-m2m/claim-schema';
import { digestContract } from '@cognito-m2m/claim-schema/contract-diff';
import { A_CLIENT_ID, A_POOL_ID, aBaseline } from '@cognito-m2m/claim-schema/testing';
import { validateEnvironment } from '@cognito-m2m/environment';
import { anEnvironment } from '@cognito-m2m/environment/fixture';
import { createCommandLine } from '../command-line.ts';
import type {
  AppClientView,
  DeploymentView,
  FunctionView,
  PoolView,
  UserPoolView,
} from '../doctor/deployment-view.ts';
import { createParsedArguments } from '../parsed-arguments.ts';
import { TEST_NOW_MS } from './start-deployment.ts';

const POOL_ARN = `arn:aws:cognito-idp:eu-central-1:123456789012:userpool/${A_POOL_ID}`;
const ALIAS_ARN = 'arn:aws:lambda:eu-central-1:123456789012:function:trigger:live';

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
    ...changes,
  };
}

/** An app client with nothing wrong. */
export function anAppClient(changes: Partial<AppClientView> = {}): AppClientView {
  return {
    clientId: A_CLIENT_ID,
    name: 'billing-worker',
    hasSecret: true,
    isOAuthEnabled: true,
    oauthFlows: ['client_credentials'],
    authFlows: ['ALLOW_REFRESH_TOKEN_AUTH'],
    scopes: ['orders/read'],
    oldestSecretAt: TEST_NOW_MS,
    ...changes,
  };
}

/** A trigger function with nothing wrong. */
export function aFunction(changes: Partial<FunctionView> = {}): FunctionView {
  return {
    functionName: 'trigger',
    alias: 'live',
    aliasArn: ALIAS_ARN,
    runtime: 'nodejs24.x',
    timeoutSeconds: 5,
    contractDigest: digestContract(contract),
    permissions: [
      { statementId: 'pool-payments', sourceArn: POOL_ARN, sourceAccount: '123456789012' },
    ],
    ...changes,
  };
}

/** The parts of a view that a test changes. */
export interface ViewChanges {
  readonly pool?: Partial<PoolView>;
  readonly view?: Partial<DeploymentView>;
}

/** A deployment of one pool and one client with nothing wrong. */
export function aDeploymentView({ pool, view }: ViewChanges = {}): DeploymentView {
  const environment = validateEnvironment(anEnvironment());
  const [declared] = environment.pools;
  if (declared === undefined) throw new Error('the environment has a pool');
  const client = { clientId: A_CLIENT_ID, baseline: aBaseline() };
  return {
    environment,
    commandLine: createCommandLine(createParsedArguments([], { env: environment.name })),
    deployCommand: "npx -y pnpm@12 cdktf deploy 'test-*'",
    pools: [
      {
        declared,
        userPoolId: A_POOL_ID,
        missingClients: [],
        listing: { clients: new Map([[A_CLIENT_ID, client]]), invalidItems: [] },
        pool: aUserPool(),
        clients: [anAppClient()],
        ...pool,
      },
    ],
    missingPools: [],
    trigger: aFunction(),
    tables: [{ tableName: 'claims', isDeletionProtected: true, hasRecovery: true }],
    missingTables: [],
    notChecked: [],
    notAllowed: [],
    ...view,
  };
}
