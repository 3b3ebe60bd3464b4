import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { aClient, anEnvironment, aPool } from '@cognito-m2m/environment/fixtures';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { runM2m } from '../support/m2m.ts';
import { requiredTools } from '../support/tools.ts';
import { type DeployedClient, deployClient } from './deployed-client.ts';
import { type LocalTrail, startLocalTrail } from './local-trail.ts';

// Some ten processes of their own, one after the other, on a machine that may be busy.
jest.setTimeout(300_000);

const BILLING = 'arn:aws:iam::123456789012:role/service/billing';
const REPORTS = 'arn:aws:iam::222222222222:role/reports';
const SECRET_ID = 'm2m/local/payments/billing-worker/credentials';

/** A role of the same account, by its session, and one of another account, of which AWS CloudTrail names the account only. */
const IDENTITIES = {
  // Who runs the commands, as moto's STS names it.
  local: { type: 'IAMUser', arn: 'arn:aws:sts::123456789012:user/moto', accountId: '123456789012' },
  billing: {
    type: 'AssumedRole',
    arn: 'arn:aws:sts::123456789012:assumed-role/billing/i-0123',
    accountId: '123456789012',
    sessionContext: { sessionIssuer: { type: 'Role', arn: BILLING, userName: 'billing' } },
  },
  reports: { type: 'AWSAccount', principalId: 'AROAEXAMPLE:i-4567', accountId: '222222222222' },
};

const tools = await requiredTools();

(tools === undefined ? describe.skip : describe)('m2m rotate --wait-for-readers', () => {
  let deployed: DeployedClient;
  let trail: LocalTrail;
  let folder: string;

  beforeAll(async () => {
    if (tools === undefined) return;
    deployed = await deployClient(tools);
    trail = await startLocalTrail(String(deployed.env['AWS_ENDPOINT_URL']), IDENTITIES);
    folder = await mkdtemp(join(tmpdir(), 'm2m-readers-'));
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
    await declare([BILLING, REPORTS]);
  });

  afterAll(async () => {
    await Promise.all([trail?.close(), deployed?.close()]);
    if (folder !== undefined) await rm(folder, { recursive: true });
  });

  /** The environment of the rotation, with these readers. */
  async function declare(readers: readonly string[]): Promise<void> {
    const clients = { 'billing-worker': aClient({ readers }) };
    const input = anEnvironment({ name: 'local', pools: { payments: aPool({ clients }) } });
    await writeFile(join(folder, 'local.ts'), `export default ${JSON.stringify(input)};`);
  }

  function rotateForPeople(...options: readonly string[]) {
    const place = ['--env', 'local', '--environments', folder];
    const words = ['rotate', 'payments', 'billing-worker', '--yes', ...options, ...place];
    return runM2m(words, { ...deployed.env, ...trail.env });
  }

  async function rotate(...options: readonly string[]) {
    const run = await rotateForPeople(...options, '--json');
    return { ...run, json: JSON.parse(run.stdout) };
  }

  /** Reads the secret as a service does that was given it. */
  async function readAs(accessKeyId: keyof typeof IDENTITIES): Promise<void> {
    const client = new SecretsManagerClient({
      region: 'eu-central-1',
      endpoint: String(trail.env['AWS_ENDPOINT_URL_SECRETS_MANAGER']),
      credentials: { accessKeyId, secretAccessKey: 'local' },
    });
    await client.send(new GetSecretValueCommand({ SecretId: SECRET_ID }));
    client.destroy();
  }

  const WAIT = ['--wait-for-readers', '--grace-period', '1h'];
  const states = ({ json }: { json: { readers: { reader: string; hasCurrent: boolean }[] } }) =>
    json.readers.map(({ reader, hasCurrent }) => [reader, hasCurrent]);

  test('the old secret stays while a reader is behind, and rotate names the reader', async () => {
    await readAs('billing');
    const begun = await rotate(...WAIT);

    expect(begun.exitCode).toBe(2);
    expect(states(begun)).toEqual([
      [BILLING, false],
      [REPORTS, false],
    ]);

    // AWS CloudTrail shows whole seconds: what happens in the second of the change may be before it.
    await new Promise((passed) => setTimeout(passed, 1100));
    await readAs('billing');
    const halfway = await rotate(...WAIT);

    expect(halfway.exitCode).toBe(2);
    expect(states(halfway)).toEqual([
      [BILLING, true],
      [REPORTS, false],
    ]);
    const { exitCode, stderr } = await rotateForPeople(...WAIT);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`Waiting for ${REPORTS}.`);
    expect(stderr).not.toContain(BILLING);
    expect(await deployed.look()).toMatchObject({ count: 2, isCurrentGood: true });
  });

  test('the old secret stays while AWS CloudTrail has not delivered the read yet', async () => {
    trail.setDelivering(false);
    await readAs('reports');

    expect(states(await rotate(...WAIT))).toEqual([
      [BILLING, true],
      [REPORTS, false],
    ]);
    trail.setDelivering(true);
  });

  test('the old secret is deleted an hour early once every reader has fetched the new one', async () => {
    const run = await rotate(...WAIT);

    expect(run.exitCode).toBe(0);
    expect(run.json).toMatchObject({ phase: 'idle', steps: ['retire', 'close'] });
    expect(states(run)).toEqual([
      [BILLING, true],
      [REPORTS, true],
    ]);
    expect(await deployed.look()).toMatchObject({ count: 1, isCurrentGood: true });
  });

  test('the old secret is deleted when the grace period is over, however many readers are behind', async () => {
    const run = await rotate('--wait-for-readers', '--grace-period', '3s', '--wait');

    expect(run.exitCode).toBe(0);
    expect(states(run)).toEqual([
      [BILLING, false],
      [REPORTS, false],
    ]);
    expect(await deployed.look()).toMatchObject({ count: 1, isCurrentGood: true });
  });

  test('rotate waits for whoever has read the secret if the file declares no reader', async () => {
    await declare([]);
    const begun = await rotate(...WAIT);
    await new Promise((passed) => setTimeout(passed, 1100));
    await readAs('billing');
    await readAs('reports');
    const ended = await rotate(...WAIT);
    await declare([BILLING, REPORTS]);

    expect(states(begun)).toEqual([
      ['account 222222222222', false],
      [BILLING, false],
    ]);
    expect(ended.exitCode).toBe(0);
    expect(await deployed.look()).toMatchObject({ count: 1, isCurrentGood: true });
  });

  test('rotate says what is missing if AWS CloudTrail may not be asked, and the rotation can be finished without it', async () => {
    trail.setRefusing(true);
    const refused = await rotate(...WAIT);
    trail.setRefusing(false);

    expect(refused.exitCode).toBe(1);
    expect(refused.json.error).toMatchObject({ code: 'ERR_ROTATION_READERS_UNKNOWN' });
    expect(await deployed.look()).toMatchObject({ count: 2, isCurrentGood: true });
    expect((await rotate('--retire-now')).exitCode).toBe(0);
    expect(await deployed.look()).toMatchObject({ count: 1, isCurrentGood: true });
  });

  test('rotate was slowed down by AWS CloudTrail, which takes two calls a second', () => {
    expect(trail.throttled()).toBeGreaterThan(0);
  });
});
