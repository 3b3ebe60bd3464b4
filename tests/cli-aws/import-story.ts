import { readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  AddCustomAttributesCommand,
  type CognitoIdentityProviderClient,
  CreateGroupCommand,
  CreateResourceServerCommand,
  CreateUserPoolClientCommand,
  CreateUserPoolCommand,
  CreateUserPoolDomainCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { loadEnvironment, validateEnvironment } from '@cognito-m2m/environment';
import { expect, test } from '@jest/globals';
import { type DeployedWorld, deployedEnvironment } from './deployed-world.ts';

/** Plans of two stacks, or an apply of one, on a machine that may be busy. */
const CASE_TIMEOUT_MS = 180_000;
const LEGACY_STACK = 'trial-pool-legacy';

/** Files written from what is deployed, and what Terraform makes of them. */
export function importStory(world: () => DeployedWorld): void {
  const file = () => join(world().deployment.environmentsDirectory, 'trial.ts');
  const importsFile = (stack = LEGACY_STACK) =>
    join(dirname(world().deployment.environmentsDirectory), 'imports', `${stack}.tf`);
  let legacy: LegacyPool;
  const plan = () => world().m2m('plan', '--env', 'trial');

  test(
    'a deployed environment imports as the file that it was deployed from',
    async () => {
      await rm(file());

      const { exitCode, stdout } = await world().m2m('import', world().userPoolId, '--json');

      expect(JSON.parse(stdout)).toMatchObject({
        file: file(),
        pools: [
          { pool: 'payments', isDeployed: true, clients: ['billing-worker', 'report-viewer'] },
        ],
        undeclared: [],
        notRead: [],
        faults: [],
        adoption: [],
      });
      expect(exitCode).toBe(0);
      const directory = world().deployment.environmentsDirectory;
      expect(await loadEnvironment('trial', { contract, directory })).toEqual(
        validateEnvironment(contract, deployedEnvironment()),
      );
    },
    CASE_TIMEOUT_MS,
  );

  test(
    'a plan right after is empty: of the tokens, and of all that Terraform deploys',
    async () => {
      const tokens = await plan();
      await world().deployment.cdktf('synth', 'trial');
      const stacks = ['trial-claims', 'trial-pool-payments'];
      const changes = [];
      for (const stack of stacks) changes.push(...(await world().deployment.plan(stack)));

      expect(tokens.exitCode).toBe(0);
      expect(changes).toEqual([]);
    },
    CASE_TIMEOUT_MS,
  );

  test(
    'a file that is there is not overwritten unasked',
    async () => {
      const before = await readFile(file(), 'utf8');

      const { exitCode, stderr } = await world().m2m('import', world().userPoolId, '--owner', 'x');

      expect(exitCode).toBe(1);
      expect(stderr).toContain('ERR_FILE_EXISTS');
      expect(await readFile(file(), 'utf8')).toBe(before);
    },
    CASE_TIMEOUT_MS,
  );

  test(
    'a pool that something else created, with three clients for machines, gets import blocks for each of them',
    async () => {
      legacy = await createLegacyPool(world().cognito);
      const { userPoolId } = world();
      const pools = [userPoolId, `legacy=${legacy.userPoolId}`];
      const options = ['--env', 'trial', '--default', 'environment=trial', '--force'];

      const { exitCode, stdout } = await world().m2m('import', ...pools, ...options);

      expect(exitCode).toBe(2);
      for (const what of ['MFA OPTIONAL', 'PreSignUp', 'custom:plan', 'admins', 'legacy/web-app']) {
        expect(stdout).toContain(what);
      }
      const written = stdout + (await readFile(file(), 'utf8'));
      for (const { clientSecret } of legacy.clients) expect(written).not.toContain(clientSecret);
      const blocks = await readFile(importsFile(), 'utf8');
      for (const { clientId } of legacy.clients) {
        expect(blocks).toContain(`id = "${legacy.userPoolId}/${clientId}"`);
      }
    },
    CASE_TIMEOUT_MS,
  );

  test(
    'its first deploy keeps the ID and the secret of every client, and then no plan has anything left',
    async () => {
      const { deployment, deployed } = world();

      await deployment.cdktf('deploy', LEGACY_STACK, '--auto-approve');

      for (const { name, clientId, clientSecret } of legacy.clients) {
        expect(await deployed.readSecret(deployed.secretName('trial', 'legacy', name))).toEqual({
          client_id: clientId,
          client_secret: clientSecret,
        });
      }
      expect(await deployment.plan(LEGACY_STACK)).toEqual([]);
      expect(await plan()).toMatchObject({ exitCode: 0 });
    },
    CASE_TIMEOUT_MS,
  );

  test(
    'without its import blocks a deploy is refused before it changes anything',
    async () => {
      const { deployment, cognito } = world();
      const second = await createLegacyPool(cognito, 'acme-second-payments');
      const options = ['--env', 'trial', '--default', 'environment=trial', '--force'];
      const pools = [
        world().userPoolId,
        `legacy=${legacy.userPoolId}`,
        `second=${second.userPoolId}`,
      ];
      await world().m2m('import', ...pools, ...options);
      const blocks = await readFile(importsFile('trial-pool-second'), 'utf8');
      const withoutClients = blocks.replaceAll(
        /import \{\n {2}to = aws_cognito_user_pool_client[^}]*\}\n/g,
        '',
      );
      await deployment.writeImports('trial-pool-second', withoutClients);

      const refused = deployment.cdktf('deploy', 'trial-pool-second', '--auto-approve');

      await expect(refused).rejects.toThrow('Nothing was changed');
    },
    CASE_TIMEOUT_MS,
  );
}

interface LegacyClient {
  /** In the file. */
  readonly name: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

interface LegacyPool {
  readonly userPoolId: string;
  /** Those for machines. */
  readonly clients: readonly LegacyClient[];
}

/** A pool for users and machines, as people click one together. */
async function createLegacyPool(
  cognito: CognitoIdentityProviderClient,
  domain = 'acme-old-payments',
): Promise<LegacyPool> {
  const { UserPool } = await cognito.send(
    new CreateUserPoolCommand({
      PoolName: 'Payments (old)',
      MfaConfiguration: 'OPTIONAL',
      UsernameAttributes: ['email'],
      LambdaConfig: { PreSignUp: 'arn:aws:lambda:eu-central-1:123456789012:function:welcome' },
    }),
  );
  const userPoolId = UserPool?.Id ?? '';
  const pool = { UserPoolId: userPoolId };
  await cognito.send(new CreateUserPoolDomainCommand({ ...pool, Domain: domain }));
  await cognito.send(
    new AddCustomAttributesCommand({
      ...pool,
      CustomAttributes: [{ Name: 'plan', AttributeDataType: 'String' }],
    }),
  );
  await cognito.send(new CreateGroupCommand({ ...pool, GroupName: 'admins' }));
  await cognito.send(
    new CreateResourceServerCommand({
      ...pool,
      Identifier: 'orders',
      Name: 'Orders API',
      Scopes: [{ ScopeName: 'read', ScopeDescription: 'Read orders' }],
    }),
  );
  await cognito.send(
    new CreateUserPoolClientCommand({
      ...pool,
      ClientName: 'web-app',
      AllowedOAuthFlowsUserPoolClient: true,
      AllowedOAuthFlows: ['code'],
      AllowedOAuthScopes: ['openid'],
      CallbackURLs: ['https://shop.example/callback'],
    }),
  );
  const clients: LegacyClient[] = [];
  // A name that no file takes, and one that two clients have.
  for (const [ClientName, name] of [
    ['worker', 'worker'],
    ['Report Viewer', 'Report-Viewer'],
    ['worker', 'worker-2'],
  ] as const) {
    const { UserPoolClient } = await cognito.send(
      new CreateUserPoolClientCommand({
        ...pool,
        ClientName,
        GenerateSecret: true,
        AllowedOAuthFlowsUserPoolClient: true,
        AllowedOAuthFlows: ['client_credentials'],
        AllowedOAuthScopes: ['orders/read'],
        AccessTokenValidity: 630,
        TokenValidityUnits: { AccessToken: 'seconds' },
        ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
      }),
    );
    const { ClientId = '', ClientSecret = '' } = UserPoolClient ?? {};
    clients.push({ name, clientId: ClientId, clientSecret: ClientSecret });
  }
  return { userPoolId, clients };
}
