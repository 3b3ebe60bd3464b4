import { GetSecretValueCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { validateEnvironment } from '@cognito-m2m/environment';
import {
  type LocalEnvironment,
  startLocalEnvironment,
} from '@cognito-m2m/local-cognito/environment';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Addresses, readAddresses, writeAddresses } from './addresses.ts';
import { type DeployedWorld, deployedEnvironment } from './deployed-world.ts';

/** A few runs of the binary, on a machine that may be busy. */
const CASE_TIMEOUT_MS = 60_000;
const SECRET_ID = 'm2m/trial/payments/billing-worker/credentials';

/** Tokens as the command gets them: the secret out of Secrets Manager, the token from a real endpoint and trigger. */
export function tokenStory(world: () => DeployedWorld): void {
  let cognito: LocalEnvironment;
  let addresses: Addresses;

  // The API has no token endpoint: one that reads its pools, clients, secrets and claims stands in for it, and the
  // deploy's own parameters name it.
  async function startTokenEndpoint(): Promise<void> {
    cognito = await startLocalEnvironment({
      environment: validateEnvironment(contract, deployedEnvironment()),
      endpointUrl: world().aws.endpointUrl,
    });
    const [pool] = cognito.pools;
    const { issuer = '', tokenEndpoint = '' } = pool ?? {};
    await writeAddresses(world(), { issuer, 'token-endpoint': tokenEndpoint });
  }

  const token = (...argv: string[]) => world().m2m('token', ...argv, '--env', 'trial', '--json');

  beforeAll(async () => {
    addresses = await readAddresses(world());
    await startTokenEndpoint();
  }, CASE_TIMEOUT_MS);

  afterAll(async () => {
    await writeAddresses(world(), addresses);
    await cognito.close();
  }, CASE_TIMEOUT_MS);

  test(
    'the token of every client is what explain shows, and neither token nor secret is printed',
    async () => {
      const { exitCode, stdout, stderr } = await token('--all');

      expect(JSON.parse(stdout)).toMatchObject({
        target: `AWS eu-central-1 at ${world().aws.endpointUrl}`,
        isSame: true,
        tokens: [
          { client: 'billing-worker', token: 'issued', claims: { approval_limit: 5000 } },
          { client: 'report-viewer', token: 'issued', claims: { tenant_id: 't-1' } },
        ],
      });
      expect(exitCode).toBe(0);
      const secrets = cognito.pools.flatMap(({ clients }) =>
        clients.map(({ clientSecret }) => clientSecret),
      );
      expect(secrets).toHaveLength(2);
      for (const secret of secrets) expect(stdout + stderr).not.toContain(secret);
      expect(stdout + stderr).not.toMatch(/eyJ/);
    },
    CASE_TIMEOUT_MS,
  );

  test(
    'a request of one scope is asked and compared as such',
    async () => {
      const { exitCode, stdout } = await token(
        'payments',
        'billing-worker',
        '--scope',
        'orders/read',
      );

      expect(JSON.parse(stdout)).toMatchObject({
        isSame: true,
        tokens: [{ scopes: ['orders/read'] }],
      });
      expect(JSON.parse(stdout).tokens[0].claims).not.toHaveProperty('approval_limit');
      expect(exitCode).toBe(0);
    },
    CASE_TIMEOUT_MS,
  );

  test(
    'an override that the trigger has not read yet shows as a difference, and no more once it has',
    async () => {
      const client = ['payments', 'billing-worker'];
      const set = await world().m2m(
        'set',
        ...client,
        'tier=free',
        '--env',
        'trial',
        '--reason',
        'a test',
        '--yes',
        '--json',
      );

      const tooSoon = await token(...client);
      await cognito.close();
      await startTokenEndpoint();
      const later = await token(...client);

      expect(set.exitCode).toBe(0);
      expect(JSON.parse(tooSoon.stdout)).toMatchObject({
        isSame: false,
        tokens: [
          {
            result: 'different',
            diff: [{ name: 'tier', change: 'changed', before: 'free', after: 'premium' }],
          },
        ],
      });
      expect(tooSoon.exitCode).toBe(2);
      expect(JSON.parse(later.stdout)).toMatchObject({
        isSame: true,
        tokens: [{ claims: { tier: 'free' } }],
      });
      expect(later.exitCode).toBe(0);
    },
    CASE_TIMEOUT_MS,
  );

  test(
    'a secret that the pool does not know gets no token',
    async () => {
      const { secretsManager } = world();
      const { SecretString = '{}' } = await secretsManager.send(
        new GetSecretValueCommand({ SecretId: SECRET_ID }),
      );
      const wrong = { ...JSON.parse(SecretString), client_secret: 'no-secret-of-this-client' };
      await putSecret(JSON.stringify(wrong));

      const { exitCode, stdout, stderr } = await token('payments', 'billing-worker');

      await putSecret(SecretString);
      expect(JSON.parse(stdout)).toMatchObject({
        tokens: [{ outcome: { expected: 'issued', actual: 'invalid_client' } }],
      });
      expect(exitCode).toBe(2);
      expect(stdout + stderr).not.toContain(wrong.client_secret);
    },
    CASE_TIMEOUT_MS,
  );

  async function putSecret(SecretString: string): Promise<void> {
    const put = new PutSecretValueCommand({ SecretId: SECRET_ID, SecretString });
    await world().secretsManager.send(put);
  }
}
