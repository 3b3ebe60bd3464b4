import { afterEach, expect, test } from '@jest/globals';
import { PUPPET_BUNDLE } from '../../test/start-server.ts';
import { TRIGGER_TIMEOUT_MS, type TriggerRunner } from './trigger-result.ts';
import { createTriggerRunner } from './trigger-runner.ts';

let runner: TriggerRunner;
afterEach(() => runner.close());

function startRunner(
  options: { bundleUrl?: string; timeoutMs?: number; onLog?: (text: string) => void } = {},
) {
  runner = createTriggerRunner({
    bundleUrl: PUPPET_BUNDLE.href,
    environment: {},
    functionArn: 'arn:aws:lambda:eu-central-1:000000000000:function:puppet',
    memoryMb: 128,
    ...options,
  });
  return runner;
}

/** An event that makes the puppet act. */
function anEvent(act: string, text = ''): string {
  return JSON.stringify({ request: { clientMetadata: { [act]: text } } });
}

test('gives each of many overlapping calls its own answer', async () => {
  startRunner();
  const texts = Array.from({ length: 50 }, (_, index) => String(index));

  const results = await Promise.all(texts.map((text) => runner.invoke(anEvent('answer', text))));

  expect(results).toEqual(texts.map((payload) => expect.objectContaining({ payload })));
});

test('starts another worker while one is slow', async () => {
  startRunner();
  await runner.invoke(anEvent('answer', '1'));
  const slow = runner.invoke(anEvent('slow', '3000'));

  const quick = await runner.invoke(anEvent('answer', '2'));

  const first = await Promise.race([slow, Promise.resolve('the slow one is under way')]);
  expect(quick).toMatchObject({ payload: '2' });
  expect(first).toBe('the slow one is under way');
});

test('gives up calls that wait too long for a worker', async () => {
  startRunner({ timeoutMs: 600 });
  await runner.invoke(anEvent('answer', '1'));

  const results = await Promise.all(
    Array.from({ length: 20 }, () => runner.invoke(anEvent('loop'))),
  );

  expect(new Set(results.map(({ outcome }) => outcome))).toEqual(new Set(['timed-out']));
});

test('gives up the call that hangs, and none of those behind it', async () => {
  startRunner({ timeoutMs: 2000 });
  await runner.invoke(anEvent('answer', '1'));

  const hanging = runner.invoke(anEvent('hang'));
  const others = ['2', '3', '4'].map((text) => runner.invoke(anEvent('answer', text)));

  await expect(Promise.all(others)).resolves.toMatchObject([
    { payload: '2' },
    { payload: '3' },
    { payload: '4' },
  ]);
  await expect(hanging).resolves.toEqual({ outcome: 'timed-out' });
});

test('fails the call that ends the worker, and none of those behind it', async () => {
  startRunner();
  await runner.invoke(anEvent('answer', '1'));

  const results = await Promise.all([
    runner.invoke(anEvent('exit')),
    ...['2', '3', '4'].map((text) => runner.invoke(anEvent('answer', text))),
  ]);

  expect(results).toMatchObject([
    { outcome: 'failed', errorType: 'Runtime.ExitError' },
    { payload: '2' },
    { payload: '3' },
    { payload: '4' },
  ]);
});

test('begins each call once, and one at a time in a worker, while slow ones make it move the others', async () => {
  const lines: string[] = [];
  startRunner({
    // A slow call keeps its thread from nothing: a second one would be let in if the worker took it.
    bundleUrl: `data:text/javascript,${encodeURIComponent(`
      let under = 0;
      export const handler = async ({ number }) => {
        under += 1;
        console.log(number + ' ' + under);
        await new Promise((resolve) => setTimeout(resolve, number % 10 === 0 ? 150 : 0));
        under -= 1;
        return number;
      }`)}`,
    onLog: (text) => lines.push(...text.trim().split('\n')),
  });
  const numbers = Array.from({ length: 60 }, (_, index) => index);

  const results = await Promise.all(
    numbers.map((number) => runner.invoke(JSON.stringify({ number }))),
  );

  expect(results).toMatchObject(numbers.map((number) => ({ payload: String(number) })));
  const begun = lines.map((line) => line.split(' ').map(Number));
  expect(begun.map(([number = -1]) => number).sort((a, b) => a - b)).toEqual(numbers);
  expect(new Set(begun.map(([, under]) => under))).toEqual(new Set([1]));
});

test('settles what is under way when it closes', async () => {
  startRunner();
  const results = Array.from({ length: 20 }, () => runner.invoke(anEvent('hang')));

  await runner.close();

  const outcomes = (await Promise.all(results)).map(({ outcome }) => outcome);
  expect(new Set(outcomes)).toEqual(new Set(['failed']));
});

test('says once a bundle is loaded that it is', async () => {
  await expect(startRunner().load()).resolves.toBeUndefined();
});

test('waits no longer for a bundle to load than for an answer', async () => {
  const bundleUrl = 'data:text/javascript,await new Promise((done) => setTimeout(done, 60_000))';

  await expect(startRunner({ bundleUrl, timeoutMs: 10 }).load()).resolves.toBeUndefined();
});

test('says what is wrong with a bundle without a handler', async () => {
  startRunner({ bundleUrl: 'data:text/javascript,export const other = 1' });

  await expect(runner.invoke('{}')).resolves.toMatchObject({
    outcome: 'failed',
    errorMessage: expect.stringContaining('handler'),
  });
});

test.each([
  ['a callback', 'export const handler = (event, context, callback) => callback(null, 7)', '7'],
  ['a plain value', 'export const handler = () => 7', '7'],
  ['nothing', 'export const handler = () => {}', 'null'],
  ['a default export', 'export default { handler: async () => 7 }', '7'],
  [
    'the time that is left',
    'export const handler = (e, context) => context.getRemainingTimeInMillis() > 0',
    'true',
  ],
])('takes an answer by %s', async (_name, source, payload) => {
  startRunner({ bundleUrl: `data:text/javascript,${source}` });

  await expect(runner.invoke('{}')).resolves.toMatchObject({ outcome: 'answered', payload });
});

test('survives an answer that is no JSON', async () => {
  const source = 'export const handler = () => { const a = {}; a.a = a; return a; }';
  startRunner({ bundleUrl: `data:text/javascript,${source}` });

  await expect(runner.invoke('{}')).resolves.toMatchObject({
    outcome: 'failed',
    errorType: 'TypeError',
  });
});

test('a call has five seconds unless told otherwise', async () => {
  startRunner();

  const result = await runner.invoke(anEvent('remaining'));

  const remainingMs = Number('payload' in result ? result.payload : Number.NaN);
  expect(remainingMs).toBeGreaterThan(0);
  expect(remainingMs).toBeLessThanOrEqual(5000);
  expect(TRIGGER_TIMEOUT_MS).toBe(5000);
});

test.each(['function', 'symbol', 'toJSON'])(
  'takes an answer that JSON does not carry for null: %s',
  async (kind) => {
    startRunner();

    await expect(runner.invoke(anEvent('unsayable', kind))).resolves.toEqual({
      outcome: 'answered',
      payload: 'null',
    });
  },
);
