import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FIXTURE_ENVIRONMENTS } from '@cognito-m2m/environment/fixtures';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { startM2m } from '../support/m2m.ts';

// An API that takes every request and never answers: whatever m2m does is under way when the signal comes.
let server: Server;
let onRequest: () => void;
let asked: Promise<void>;
beforeAll(async () => {
  server = createServer(() => onRequest());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
beforeEach(() => {
  asked = new Promise((resolve) => {
    onRequest = resolve;
  });
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

async function interrupt(argv: readonly string[], signal: NodeJS.Signals) {
  const place = ['--aws', '--env', 'local', '--environments', FIXTURE_ENVIRONMENTS];
  const run = startM2m([...argv, ...place], {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
  await asked;
  run.kill(signal);
  return run.finished;
}

const CHANGE = ['payments', 'billing-worker', '--reason', 'a test', '--yes'];

test.each([
  ['SIGINT', 130, ['set', 'tier=free'], 'm2m history payments billing-worker'],
  ['SIGTERM', 143, ['disable'], 'm2m history payments billing-worker'],
  ['SIGHUP', 129, ['unset', 'tier'], 'm2m history payments billing-worker'],
] as const)(
  'm2m ended by %s exits with %i and names what shows whether %j was done',
  async (signal, code, [command, ...claims], next) => {
    const [pool = '', client = '', ...rest] = CHANGE;

    const { exitCode, stdout, stderr } = await interrupt(
      [command, pool, client, ...claims, ...rest],
      signal,
    );

    expect({ exitCode, stdout }).toEqual({ exitCode: code, stdout: '' });
    expect(stderr).toContain(
      `m2m: Interrupted by ${signal}. The change may have been made.\nNext: ${next} `,
    );
  },
);

test.each([
  ['rotate', 'm2m rotate payments billing-worker --status '],
  ['doctor', 'm2m doctor '],
  ['forget', 'm2m plan payments '],
])('m2m %s ended by a signal names what shows how far it came', async (command, next) => {
  const argv = command === 'doctor' ? [command] : [command, 'payments', 'billing-worker', '--yes'];

  const { exitCode, stderr } = await interrupt(argv, 'SIGINT');

  expect(exitCode).toBe(130);
  expect(stderr).toContain(`Next: ${next}`);
});

test('m2m ended by a signal while it only reads says no more than that', async () => {
  const { exitCode, stdout, stderr } = await interrupt(['list', '--json'], 'SIGINT');

  expect({ exitCode, stdout }).toEqual({ exitCode: 130, stdout: '' });
  expect(stderr).toMatch(/m2m: Interrupted by SIGINT\.\n$/);
});
