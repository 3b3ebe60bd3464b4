import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { loadEnvironment } from '@cognito-m2m/environment';
import { FIXTURE_ENVIRONMENTS } from '@cognito-m2m/environment/fixtures';
import {
  type LocalEnvironment,
  startLocalEnvironment,
} from '@cognito-m2m/local-cognito/environment';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { runInTerminal, runM2m, runUnread, TERMINAL_SKIPPED } from '../support/m2m.ts';
import { createWriteBarrier, raceSets } from '../support/races.ts';
import { startServer } from '../support/server.ts';

// Each run is a process of its own, on a machine that may be busy.
jest.setTimeout(60_000);

let cognito: LocalEnvironment;
beforeAll(async () => {
  const environment = await loadEnvironment('local', { contract, directory: FIXTURE_ENVIRONMENTS });
  cognito = await startLocalEnvironment({ environment });
});
afterAll(() => cognito.close());

function placeOf(url: string): string[] {
  return ['--env', 'local', '--local-url', url, '--environments', FIXTURE_ENVIRONMENTS];
}

function m2m(...argv: string[]) {
  return runM2m([...argv, ...placeOf(cognito.url)]);
}

/** The local Cognito with a table at which two writers meet. */
async function startMeeting() {
  const response = await fetch(new URL('/.local-cognito/deployment', cognito.url));
  const barrier = await createWriteBarrier(cognito.dynamoDbEndpoint);
  const deployment = { ...Object(await response.json()), dynamoDbEndpoint: barrier.url };
  const server = await startServer((_request, answer) => answer.end(JSON.stringify(deployment)));
  return {
    options: placeOf(server.url),
    async close() {
      await Promise.all([server.close(), barrier.close()]);
    },
  };
}

describe('the binary', () => {
  test('the binary lists the clients of a running local Cognito and warns of nothing', async () => {
    const { exitCode, stdout, stderr } = await m2m('list');

    expect(exitCode).toBe(0);
    expect(stdout).toContain('billing-worker');
    expect(stderr.split('\n')[0]).toBe(`local on local Cognito at ${cognito.url}`);
    expect(stderr).not.toMatch(/warning/i);
  });

  test('the binary plans nothing right after the start: exit 0', async () => {
    expect(await m2m('plan')).toMatchObject({ exitCode: 0 });
  });

  test('the binary gets the token of every client as explain shows it, and prints no token and no secret', async () => {
    const { exitCode, stdout, stderr } = await m2m('token', '--all', '--json');

    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ isSame: true, tokens: [{ token: 'issued' }, {}] });
    expect(stdout + stderr).not.toMatch(/eyJ/);
    const secrets = cognito.pools.flatMap(({ clients }) =>
      clients.map((client) => client.clientSecret),
    );
    for (const secret of secrets) expect(stdout + stderr).not.toContain(secret);
  });

  test('the binary refuses a change that it cannot ask about: exit 1', async () => {
    const run = await m2m('set', 'payments', 'billing-worker', 'tier=free', '--reason', 'a test');

    expect(run).toMatchObject({ exitCode: 1, stdout: '' });
    expect(run.stderr).toContain('Next: the same command with --yes');
  });

  test('one of two sets at the same time wins, the other reports the lost race, and its retry loses nothing', async () => {
    const place = await startMeeting();
    const set = (claim: string) => {
      const change = ['set', 'payments', 'billing-worker', claim, '--reason', 'race'];
      return runM2m([...change, '--yes', '--json', ...place.options]);
    };

    const { winners, losers, retry } = await raceSets(['tier=free', 'custom:role=viewer'], set);

    await place.close();
    expect(winners).toHaveLength(1);
    expect(losers).toMatchObject([{ exitCode: 1 }]);
    expect(JSON.parse(losers[0]?.stdout ?? '')).toMatchObject({
      error: { code: 'ERR_STORE_LOST_RACE' },
    });
    expect(retry.exitCode).toBe(0);
    expect(JSON.parse(retry.stdout)).toMatchObject({
      revision: 2,
      after: { claims: { tier: 'free', 'custom:role': 'viewer' } },
    });
  });

  test.each([
    ['the help', ['help', 'set']],
    ['a table', ['list']],
  ])('the binary ends quietly if nobody reads on: %s', async (_case, argv) => {
    const { exitCode, stderr } = await runUnread([...argv, ...placeOf(cognito.url)]);

    expect(exitCode).toBe(0);
    expect(stderr).not.toMatch(/EPIPE|bug/);
  });

  test('the binary colours nothing in a pipe, whatever FORCE_COLOR says', async () => {
    const { stdout } = await runM2m(['list', ...placeOf(cognito.url)], { FORCE_COLOR: '1' });

    expect(stdout).toContain('billing-worker');
    expect(stdout).not.toContain('\u001b');
  });

  const inTerminal = TERMINAL_SKIPPED === '' ? test : test.skip;
  inTerminal.each([
    ['has colours', {}, true],
    ['has none with NO_COLOR', { NO_COLOR: '1' }, false],
  ])(`a terminal %s${TERMINAL_SKIPPED}`, async (_case, variables, hasColours) => {
    const shown = await runInTerminal(['list', ...placeOf(cognito.url)], variables);

    expect(shown).toContain('billing-worker');
    expect(shown.includes('\u001b[1m')).toBe(hasColours);
  });

  test('the binary says that a named local Cognito does not answer: exit 1', async () => {
    const { exitCode, stdout } = await runM2m(['list', '--json', ...placeOf('http://127.0.0.1:1')]);

    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'ERR_LOCAL_UNREACHABLE' } });
  });
});
