import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
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
    'a pool that something else made is taken over by the commands that the import prints',
    async () => {
      legacy = await createLegacyPool(world().cognito);
      const { deployment, userPoolId } = world();
      const pools = [userPoolId, `legacy=${legacy.userPoolId}`];
      const options = ['--env', 'trial', '--default', 'environment=trial', '--force'];

      const { exitCode, stdout } = await world().m2m('import', ...pools, ...options);

      expect(exitCode).toBe(2);
      for (const what of ['MFA OPTIONAL', 'PreSignUp', 'custom:plan', 'admins', 'legacy/web-app']) {
        expect(stdout).toContain(what);
      }
      expect(stdout + (await readFile(file(), 'utf8'))).not.toContain(legacy.clientSecret);
      const commands = stdout.match(/^ +terraform (?!plan).*$/gm) ?? [];
      await deployment.cdktf('synth', 'trial');
      await deployment.runInStack(LEGACY_STACK, 'sh', '-ec', commands.join('\n'));
      const changes = await deployment.plan(LEGACY_STACK);
      expect(changes.filter((change) => change.includes('delete'))).toEqual([]);
    },
    CASE_TIMEOUT_MS,
  );

  test(
    'its first deploy keeps ids and secrets, and then no plan has anything left',
    async () => {
      const { deployment, deployed } = world();

      await deployment.runInStack(LEGACY_STACK, 'terraform', 'apply', '-input=false', 'plan');

      expect(await deployed.readSecret('m2m/trial/legacy/worker')).toEqual({
        client_id: legacy.clientId,
        client_secret: legacy.clientSecret,
      });
      expect(await deployment.plan(LEGACY_STACK)).toEqual([]);
      expect(await plan()).toMatchObject({ exitCode: 0 });
    },
    CASE_TIMEOUT_MS,
  );
}

interface LegacyPool {
  readonly userPoolId: string;
  /** Of the one client for machines. */
  readonly clientId: string;
  readonly clientSecret: string;
}

/** A pool for users and machines, as people click one together. */
async function createLegacyPool(cognito: CognitoIdentityProviderClient): Promise<LegacyPool> {
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
  await cognito.send(new CreateUserPoolDomainCommand({ ...pool, Domain: 'acme-old-payments' }));
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
  const { UserPoolClient } = await cognito.send(
    new CreateUserPoolClientCommand({
      ...pool,
      ClientName: 'worker',
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
  return { userPoolId, clientId: ClientId, clientSecret: ClientSecret };
}
