import { ListUserPoolClientSecretsCommand } from '@aws-sdk/client-cognito-identity-provider';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Addresses, readAddresses, writeAddresses } from './addresses.ts';
import type { DeployedWorld } from './deployed-world.ts';
import { type RotatingEndpoint, startRotatingEndpoint } from './rotating-endpoint.ts';

/** A rotation and a plan of Terraform, on a machine that may be busy. */
const CASE_TIMEOUT_MS = 120_000;
const SECRET_ID = 'm2m/trial/payments/billing-worker/credentials';

/** What services read. */
interface StoredSecret {
  readonly client_id: string;
  readonly client_secret: string;
}

/** A rotation of a deployed secret, from the first step to the last. */
export function rotateStory(world: () => DeployedWorld): void {
  let addresses: Addresses;
  let endpoint: RotatingEndpoint;
  beforeAll(async () => {
    addresses = await readAddresses(world());
    endpoint = await startRotatingEndpoint(world(), SECRET_ID);
    await writeAddresses(world(), endpoint.addresses);
  }, CASE_TIMEOUT_MS);
  afterAll(async () => {
    await writeAddresses(world(), addresses);
    await endpoint.close();
  }, CASE_TIMEOUT_MS);

  const rotate = (...argv: string[]) =>
    world().m2m('rotate', 'payments', 'billing-worker', ...argv, '--env', 'trial', '--json');

  test(
    'replaces the secret that the deploy made, prints neither, and leaves Terraform nothing to do',
    async () => {
      const { deployed, deployment, cognito, userPoolId } = world();
      const readSecret = async () => (await deployed.readSecret(SECRET_ID)) as StoredSecret;
      const before = await readSecret();

      const run = await rotate('--yes', '--grace-period', '1s', '--wait');

      const after = await readSecret();
      const key = { UserPoolId: userPoolId, ClientId: after.client_id };
      const { ClientSecrets } = await cognito.send(new ListUserPoolClientSecretsCommand(key));
      expect({ exitCode: run.exitCode, out: run.stdout }).toMatchObject({ exitCode: 0 });
      expect(JSON.parse(run.stdout)).toMatchObject({
        phase: 'idle',
        steps: ['stage', 'add', 'promote', 'start-grace', 'retire', 'close'],
      });
      expect(ClientSecrets).toHaveLength(1);
      expect(after).toEqual({ ...before, client_secret: expect.any(String) });
      expect(after.client_secret).not.toBe(before.client_secret);
      for (const { client_secret: secret } of [before, after]) {
        expect(run.stdout + run.stderr).not.toContain(secret);
      }
      await writeAddresses(world(), addresses);
      expect(await deployment.plan('trial-pool-payments')).toEqual([]);
    },
    CASE_TIMEOUT_MS,
  );
}
