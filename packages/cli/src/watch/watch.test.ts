import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { startClaimsTable } from '@cognito-m2m/claims-store/testing';
import type { Change, Fact } from '@cognito-m2m/doctor/watch-facts';
import { createWatchStore } from '@cognito-m2m/doctor/watch-store';
import { validateEnvironment } from '@cognito-m2m/environment';
import { anEnvironment, aPool } from '@cognito-m2m/environment/fixtures';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { createFakeAws } from '../../test/fake-aws.ts';
import { startDeployment, TEST_NOW_MS, type TestDeployment } from '../../test/start-deployment.ts';
import { createStyle } from '../frame/terminal.ts';
import { type WatchJson, watch } from './watch.ts';

const plain = createStyle({ hasColours: false });
const NOW = new Date(TEST_NOW_MS).toISOString();
let deployment: TestDeployment;
let memory: Awaited<ReturnType<typeof openMemory>>;
beforeAll(async () => {
  deployment = await startDeployment(anEnvironment());
});
beforeEach(async () => {
  memory?.close();
  memory = await openMemory();
});

afterAll(async () => {
  await memory.close();
  await deployment.close();
});

async function openMemory() {
  const table = await startClaimsTable('m2m-test-watch');
  const { client, tableName, close } = table;
  return {
    client,
    close,
    store: createWatchStore({ client, tableName, clock: () => TEST_NOW_MS }),
  };
}

function aFact(changes: Partial<Fact> = {}): Fact {
  return {
    check: 'trigger-attached',
    metric: 'TriggerDetached',
    subject: 'pool payments',
    what: 'No pre-token-generation trigger is attached.',
    why: 'Tokens carry no claims.',
    how: 'm2m doctor --fix --env test',
    state: 'open',
    since: NOW,
    fineAt: undefined,
    change: undefined,
    repairedAt: undefined,
    healedAt: undefined,
    isTold: true,
    isRepairTold: false,
    ...changes,
  };
}

function aChange(changes: Partial<Change> = {}): Change {
  return {
    id: 'e1',
    at: NOW,
    action: 'UpdateUserPool',
    who: 'arn:aws:iam::1:user/eve',
    from: '203.0.113.7',
    userPoolId: 'pool-1',
    clientId: undefined,
    ...changes,
  };
}

interface RunOptions {
  readonly poolName?: string;
  readonly isFollowing?: boolean;
  /** Pools with a canary. @default none */
  readonly canaries?: readonly string[];
  /** What happens while the command waits: four hours each time. */
  readonly onWait?: () => Promise<void>;
}

async function run({ onWait, canaries = [], ...input }: RunOptions = {}, isWatched = true) {
  const environment = validateEnvironment(contract, {
    ...anEnvironment(),
    ...(isWatched && { watch: {} }),
    ...(canaries.length > 0 && {
      pools: Object.fromEntries(
        canaries.map((name) => [
          name,
          aPool({ domainPrefix: `acme-test-${name}`, canary: 'billing-worker' }),
        ]),
      ),
    }),
  });
  const context = deployment.context({ environment });
  const { target } = createFakeAws(context.target, {});
  const clients = { ...target.clients, dynamoDb: memory.client };
  const notes: string[] = [];
  const output = { ...context.output, note: (text: string) => notes.push(text) };
  let nowMs = TEST_NOW_MS;
  const clock = () => nowMs;
  const wait = async () => {
    await onWait?.();
    nowMs += 4 * 3_600_000;
  };
  const result = await watch(
    { ...context, clock, wait, output, target: { ...target, clients } as typeof target },
    { poolName: undefined, isFollowing: false, ...input },
  );
  const json = result.json as WatchJson;
  return { json, exitCode: result.exitCode ?? 0, text: result.text(plain), notes };
}

test('watch exits with 0 if the watcher looked and nothing differs', async () => {
  await memory.store.writeLastRun('look', { at: NOW, problem: undefined });

  const { json, exitCode, text } = await run();

  expect(json).toMatchObject({ lastLook: { at: NOW, problem: null }, isLate: false, open: [] });
  expect(exitCode).toBe(0);
  expect(text).toContain('Nothing differs from the declaration.');
});

test.each([
  ['never looked', undefined],
  ['looked too long ago', new Date(TEST_NOW_MS - 15 * 60_000 - 1).toISOString()],
])('watch exits with 2 if the watcher %s', async (_case, at) => {
  if (at !== undefined) await memory.store.writeLastRun('look', { at, problem: undefined });

  const { json, exitCode } = await run();

  expect(json.isLate).toBe(true);
  expect(exitCode).toBe(2);
});

test('watch exits with 2 and says why if the last look failed', async () => {
  await memory.store.writeLastRun('look', { at: NOW, problem: 'AccessDeniedException' });

  const { exitCode, text } = await run();

  expect(exitCode).toBe(2);
  expect(text).toContain('It failed: AccessDeniedException.');
});

test.each([1, 2, 3])('watch shows %i open facts with author and repair', async (count) => {
  await memory.store.writeLastRun('look', { at: NOW, problem: undefined });
  for (let index = 0; index < count; index += 1) {
    const since = new Date(TEST_NOW_MS - index).toISOString();
    await memory.store.writeFact(
      aFact({ subject: `client payments/c${index}`, since, change: aChange() }),
    );
  }

  const { json, exitCode, text } = await run({ poolName: 'payments' });

  expect(json.open.map(({ subject }) => subject)).toEqual(
    Array.from({ length: count }, (_, index) => `client payments/c${index}`),
  );
  expect(exitCode).toBe(2);
  expect(text).toContain('arn:aws:iam::1:user/eve, UpdateUserPool at');
  expect(text).toContain('Repair: m2m doctor --fix --env test');
});

test('watch of one pool leaves out facts of others, and keeps those of the trigger', async () => {
  await memory.store.writeFact(aFact({ subject: 'pool shipping' }));
  await memory.store.writeFact(aFact({ check: 'trigger-code', subject: 'trigger t' }));

  const { json } = await run({ poolName: 'payments' });

  expect(json.open.map(({ subject }) => subject)).toEqual(['trigger t']);
});

test('watch shows repaired facts and changes, the newest first', async () => {
  await memory.store.writeFact(aFact({ state: 'repaired', repairedAt: NOW }));
  await memory.store.addChange(aChange({ id: 'a', at: '2026-05-30T12:00:00.000Z' }));
  await memory.store.addChange(aChange({ id: 'b' }));

  const { json, text } = await run();

  expect(json.repaired).toHaveLength(1);
  expect(json.changes.map(({ id }) => id)).toEqual(['b', 'a']);
  expect(text).toContain('from 203.0.113.7');
});

test('watch --follow shows a fact that comes later, once', async () => {
  await memory.store.writeLastRun('look', { at: NOW, problem: undefined });
  const onWait = () => memory.store.writeFact(aFact());

  const { notes } = await run({ isFollowing: true, onWait });

  expect(notes.filter((note) => note.includes('No pre-token-generation trigger')).length).toBe(1);
});

test('watch of an environment that nothing watches says how to change that', async () => {
  await expect(run({}, false)).rejects.toMatchObject({
    code: 'ERR_NOT_WATCHED',
    next: expect.stringContaining('watch: {}'),
  });
});

const PROVED = { at: NOW, problem: undefined };
const LONG_AGO = { at: '2026-01-01T00:00:00.000Z', problem: undefined };

test.each([
  ['proved', PROVED, 0, 'token as declared'],
  ['failed', { at: NOW, problem: 'claim tier changed' }, 2, 'claim tier changed'],
  ['late', LONG_AGO, 2, 'That is too long ago.'],
  ['missing', undefined, 2, 'never ran'],
])('watch shows a canary that is %s', async (_state, lastRun, expected, shown) => {
  await memory.store.writeLastRun('look', { at: NOW, problem: undefined });
  if (lastRun !== undefined) await memory.store.writeLastRun('canary payments', lastRun);

  const { json, exitCode, text } = await run({ canaries: ['payments'] });

  expect(json.canaries).toMatchObject([
    { pool: 'payments', client: 'billing-worker', isProved: expected === 0 },
  ]);
  expect(exitCode).toBe(expected);
  expect(text).toContain(shown);
});

test('watch shows the canary of the pool that is asked for, of three', async () => {
  const { json } = await run({
    canaries: ['payments', 'shipping', 'billing'],
    poolName: 'shipping',
  });

  expect(json.canaries.map(({ pool }) => pool)).toEqual(['shipping']);
});
