import {
  CognitoIdentityProviderClient,
  CreateResourceServerCommand,
  CreateUserPoolClientCommand,
  CreateUserPoolCommand,
  CreateUserPoolDomainCommand,
  DescribeUserPoolClientCommand,
  ListUserPoolClientsCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { type EnvironmentInput, validateEnvironment } from '@cognito-m2m/environment';
import { renderImportBlocks, terraformImports } from '@cognito-m2m/infra/adoption';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type LocalAws, startLocalAws } from '../support/local-aws.ts';
import { requiredTools } from '../support/tools.ts';
import { createDeployed } from './deployed.ts';
import { createDeployment, type Deployment } from './deployment.ts';

/** A deploy of two stacks takes a minute on two busy cores. */
const STEP_TIMEOUT_MS = 240_000;
const NAMES = ['billing-worker', 'report-viewer', 'stock.sync_2'];
const STACK = 'trial-pool-legacy';

const tools = await requiredTools();

function legacyEnvironment(clientNames: readonly string[]): EnvironmentInput {
  return {
    name: 'trial',
    region: 'eu-central-1',
    owner: 'platform',
    isDisposable: true,
    pools: {
      legacy: {
        domainPrefix: 'acme-legacy',
        resourceServers: { orders: { name: 'Orders API', scopes: { read: 'Read' } } },
        defaults: { claims: { environment: 'trial' } },
        clients: Object.fromEntries(
          clientNames.map((name) => [name, { description: name, scopes: ['orders/read'] }]),
        ),
      },
    },
  };
}

(tools === undefined ? describe.skip : describe)('a pool with three machine clients', () => {
  let aws: LocalAws;
  let cognito: CognitoIdentityProviderClient;
  let deployment: Deployment;
  let userPoolId = '';
  const clientIds = new Map<string, string>();

  beforeAll(async () => {
    if (tools === undefined) return;
    aws = await startLocalAws(tools);
    cognito = new CognitoIdentityProviderClient(aws.clientOptions);
    deployment = await createDeployment(aws, 'trial');
    await createLegacyPool();
    await deployment.declare(legacyEnvironment(NAMES));
  }, STEP_TIMEOUT_MS);

  afterAll(async () => {
    await deployment.remove();
    await aws.close();
  });

  async function createLegacyPool(): Promise<void> {
    const { UserPool } = await cognito.send(new CreateUserPoolCommand({ PoolName: 'Legacy' }));
    userPoolId = UserPool?.Id ?? '';
    const UserPoolId = userPoolId;
    await cognito.send(new CreateUserPoolDomainCommand({ UserPoolId, Domain: 'acme-legacy' }));
    await cognito.send(
      new CreateResourceServerCommand({
        UserPoolId,
        Identifier: 'orders',
        Name: 'Orders',
        Scopes: [{ ScopeName: 'read', ScopeDescription: 'Read' }],
      }),
    );
    for (const ClientName of NAMES) {
      const command = new CreateUserPoolClientCommand({
        UserPoolId,
        ClientName,
        GenerateSecret: true,
        AllowedOAuthFlows: ['client_credentials'],
        AllowedOAuthFlowsUserPoolClient: true,
        AllowedOAuthScopes: ['orders/read'],
      });
      const { UserPoolClient } = await cognito.send(command);
      clientIds.set(ClientName, UserPoolClient?.ClientId ?? '');
    }
  }

  async function listClientIds(): Promise<string[]> {
    const command = new ListUserPoolClientsCommand({ UserPoolId: userPoolId, MaxResults: 60 });
    const { UserPoolClients = [] } = await cognito.send(command);
    return UserPoolClients.map(({ ClientId = '' }) => ClientId).sort();
  }

  /** Writes the import blocks of the pool, without those of some clients. */
  async function writeImports(missing: readonly string[]): Promise<void> {
    const environment = validateEnvironment(contract, legacyEnvironment(NAMES));
    const [pool] = environment.pools;
    if (pool === undefined) throw new Error('no pool');
    const imports = terraformImports(environment, pool, {
      userPoolId,
      domains: ['acme-legacy'],
      clientIds: new Map([...clientIds].filter(([name]) => !missing.includes(name))),
    });
    await deployment.writeImports(STACK, renderImportBlocks(imports));
  }

  const step = (name: string, run: () => Promise<void>) => test(name, run, STEP_TIMEOUT_MS);
  const deploy = (...words: string[]) =>
    deployment.cdktf('deploy', 'trial-*', '--auto-approve', ...words);

  step('a deploy is refused while the import block of a client is missing', async () => {
    const before = await listClientIds();
    await writeImports(['report-viewer', 'stock.sync_2']);

    const refused = await deploy().catch((error: Error) => error.message);

    expect(refused).toContain(`The plan of ${STACK} is refused. Nothing was changed.`);
    expect(refused).toContain('create app client "report-viewer"');
    expect(refused).toContain('create app client "stock.sync_2"');
    expect(refused).not.toContain('client "billing-worker"');
    expect(await listClientIds()).toEqual(before);
  });

  step('a deploy imports all of them in one plan, and every client keeps its ID', async () => {
    const before = await listClientIds();
    await writeImports([]);

    await deploy();

    expect(await listClientIds()).toEqual(before);
    expect(await deployment.plan(STACK)).toEqual([]);
  });

  step('the baselines and secrets hold the IDs and secrets that services use', async () => {
    const deployed = createDeployed(aws);

    for (const [name, ClientId] of clientIds) {
      const command = new DescribeUserPoolClientCommand({ UserPoolId: userPoolId, ClientId });
      const { UserPoolClient } = await cognito.send(command);
      const parameters = await deployed.readParameters('/m2m/trial/legacy/clients');
      expect(parameters[`/m2m/trial/legacy/clients/${name}`]).toBe(ClientId);
      expect(await deployed.readSecret(deployed.secretName('trial', 'legacy', name))).toEqual({
        client_id: ClientId,
        client_secret: UserPoolClient?.ClientSecret,
      });
    }
    const items = await deployed.readItems('m2m-trial-claims');
    const baselines = items.map(({ clientId }) => clientId).filter(Boolean);
    expect(baselines.map((attribute) => Object.values(attribute ?? {})[0]).sort()).toEqual(
      [...clientIds.values()].sort(),
    );
  });

  step('without the import blocks, a later deploy still refuses to create a client', async () => {
    await deployment.writeImports(STACK, undefined);
    await deployment.declare(legacyEnvironment([...NAMES, 'auditor']));

    await expect(deploy()).rejects.toThrow('create app client "auditor"');
  });

  step('a deploy creates a client that is said to be new', async () => {
    await deploy('--new-client', 'auditor');

    expect(await listClientIds()).toHaveLength(4);
    expect(await listClientIds()).toEqual(expect.arrayContaining([...clientIds.values()]));
  });
});
