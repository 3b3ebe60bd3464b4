import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { IAMClient } from '@aws-sdk/client-iam';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SSMClient } from '@aws-sdk/client-ssm';
import type { EnvironmentInput } from '@cognito-m2m/environment';
import { createDeployed, type Deployed } from '../deploy/deployed.ts';
import { createDeployment, type Deployment } from '../deploy/deployment.ts';
import { type LocalAws, startLocalAws } from '../support/local-aws.ts';
import { type M2mRun, runM2m } from '../support/m2m.ts';
import type { DeployTools } from '../support/tools.ts';
import { type Caller, createCaller } from './callers.ts';

/** Who acts on the deployment. */
type DeployedCaller = Exclude<Caller, 'adopter'>;

/** A real deployment of one environment, `trial`, with everything that a test reaches into it with. */
export interface DeployedWorld {
  readonly aws: LocalAws;
  readonly deployment: Deployment;
  readonly deployed: Deployed;
  /** Of the pool `payments`. */
  readonly userPoolId: string;
  readonly cognito: CognitoIdentityProviderClient;
  readonly dynamoDb: DynamoDBClient;
  readonly iam: IAMClient;
  readonly lambda: LambdaClient;
  readonly secretsManager: SecretsManagerClient;
  readonly ssm: SSMClient;
  /** Runs the real binary on it, with the policies of the operator; of the deployer for `import`. */
  m2m(...argv: string[]): Promise<M2mRun>;
  /** Runs the real binary on it with the policies of a role of docs/permissions.md. */
  m2mAs(caller: DeployedCaller, ...argv: string[]): Promise<M2mRun>;
  close(): Promise<void>;
}

/** What is deployed: one pool, protected from deletion, with a setting of every kind that an import reads back. */
export function deployedEnvironment(): EnvironmentInput {
  return {
    name: 'trial',
    region: 'eu-central-1',
    accountId: '123456789012',
    owner: 'platform',
    tags: { 'cost-centre': '42' },
    state: { type: 'local' },
    trigger: { cacheSeconds: 20, memoryMb: 256, logRetentionDays: 30, reservedConcurrency: 10 },
    alarmTopicArn: 'arn:aws:sns:eu-central-1:123456789012:alarms',
    pools: {
      payments: {
        owner: 'payments',
        description: 'Services of the payments domain',
        domainPrefix: 'acme-trial-payments',
        resourceServers: {
          orders: { name: 'Orders API', scopes: { read: 'Read orders', write: 'Place orders' } },
        },
        defaults: { claims: { environment: 'trial' } },
        clients: {
          'billing-worker': {
            description: 'Invoices orders every night',
            owner: 'billing',
            scopes: ['orders/read', 'orders/write'],
            accessTokenMinutes: 30,
            claims: { 'custom:organization_id': '12345', tier: 'premium' },
            claimsByScope: { 'orders/write': { approval_limit: 5000 } },
          },
          'report-viewer': {
            description: 'Shows order figures to a tenant',
            scopes: ['orders/read'],
            claimsFromMetadata: {
              tenant_id: { key: 'tenant', allow: ['t-1', 't-2'], required: true },
            },
          },
        },
      },
    },
  };
}

/**
 * Deploys the environment to a local AWS API with real Terraform, once for all stories: it takes a minute.
 *
 * The deploy has no other rights than the deployer of docs/permissions.md.
 */
export async function createDeployedWorld(tools: DeployTools): Promise<DeployedWorld> {
  const aws = await startLocalAws(tools);
  const clients = createClients(aws);
  const callers = {
    reader: await createCaller(clients.iam, 'reader'),
    operator: await createCaller(clients.iam, 'operator'),
    deployer: await createCaller(clients.iam, 'deployer'),
  };
  const variables = (caller: DeployedCaller) => ({ ...aws.env, ...callers[caller] });
  const deployment = await createDeployment({ ...aws, env: variables('deployer') }, 'trial');
  const close = async () => {
    for (const client of Object.values(clients)) client.destroy();
    await deployment.remove();
    await aws.close();
  };
  const deployed = createDeployed(aws);
  try {
    await deployment.declare(deployedEnvironment());
    await deployment.cdktf('deploy', 'trial-*', '--auto-approve', '--skip-provider-lock');
  } catch (error) {
    await close();
    throw error;
  }
  const parameters = await deployed.readParameters('/m2m/trial/payments');
  const { environmentsDirectory } = deployment;
  const m2mAs = (caller: DeployedCaller, ...argv: readonly string[]) =>
    runM2m([...argv, '--environments', environmentsDirectory], variables(caller));
  return {
    aws,
    deployment,
    deployed,
    userPoolId: parameters['/m2m/trial/payments/user-pool-id'] ?? '',
    ...clients,
    m2m: (...argv) => m2mAs(argv[0] === 'import' ? 'deployer' : 'operator', ...argv),
    m2mAs,
    close,
  };
}

function createClients({ clientOptions }: LocalAws) {
  return {
    cognito: new CognitoIdentityProviderClient(clientOptions),
    dynamoDb: new DynamoDBClient(clientOptions),
    iam: new IAMClient(clientOptions),
    lambda: new LambdaClient(clientOptions),
    secretsManager: new SecretsManagerClient(clientOptions),
    ssm: new SSMClient(clientOptions),
  };
}
