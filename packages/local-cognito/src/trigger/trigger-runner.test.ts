import { afterEach, expect, test } from '@jest/globals';
import { PUPPET_BUNDLE } from '../../test/start-server.ts';
import { TRIGGER_TIMEOUT_MS, type TriggerResult, type TriggerRunner } from './trigger-call.ts';
import type { Runtime } from './trigger-options.ts';
import { createTriggerRunner } from './trigger-runner.ts';

let runner: TriggerRunner;
afterEach(() => runner.close());

function startRunner(
  options: {
    bundleUrl?: string;
    timeoutMs?: number;
    onLog?: (text: string) => void;
    handlerName?: string;
    runtime?: Runtime;
  } = {},
) {
  runner = createTriggerRunner({
    bundleUrl: PUPPET_BUNDLE.href,
    environment: {},
    functionArn: 'arn:aws:lambda:eu-central-1:000000000000:function:puppet',
    memoryMb: 128,
    handlerName: 'handler',
    runtime: 'nodejs22.x',
    taskRoot: undefined,
    timeoutMs: undefined,
    onLog: undefined,
    ...options,
  });
  return runner;
}

/** An event that makes the puppet act. */
function anEvent(act: string, text = ''): string {
  return JSON.stringify({ request: { clientMetadata: { [act]: text } } });
}

/** Why a call failed, or that it did not. */
function kindOf(result: TriggerResult): string {
  return result.ok ? 'answered' : result.failure.kind;
}

test('the runner gives each of many overlapping calls its own answer', async () => {
  startRunner();
  const texts = Array.from({ length: 50 }, (_, index) => String(index));

  const results = await Promise.all(texts.map((text) => runner.invoke(anEvent('answer', text))));

  expect(results).toEqual(texts.map((payload) => ({ ok: true, value: payload })));
});

test('the runner starts another worker while one is slow', async () => {
  startRunner();
  await runner.invoke(anEvent('answer', '1'));
  const slow = runner.invoke(anEvent('slow', '3000'));

  const quick = await runner.invoke(anEvent('answer', '2'));

  const first = await Promise.race([slow, Promise.resolve('the slow one is under way')]);
  expect(quick).toMatchObject({ value: '2' });
  expect(first).toBe('the slow one is under way');
});

test('the runner gives up calls that wait too long for a worker', async () => {
  startRunner({ timeoutMs: 600 });
  await runner.invoke(anEvent('answer', '1'));

  const results = await Promise.all(
    Array.from({ length: 20 }, () => runner.invoke(anEvent('loop'))),
  );

  expect(new Set(results.map(kindOf))).toEqual(new Set(['timed-out']));
});

test('the runner gives up the call that hangs, and none of those behind it', async () => {
  startRunner({ timeoutMs: 2000 });
  await runner.invoke(anEvent('answer', '1'));

  const hanging = runner.invoke(anEvent('hang'));
  const others = ['2', '3', '4'].map((text) => runner.invoke(anEvent('answer', text)));

  await expect(Promise.all(others)).resolves.toMatchObject([
    { value: '2' },
    { value: '3' },
    { value: '4' },
  ]);
  await expect(hanging).resolves.toMatchObject({ failure: { kind: 'timed-out' } });
});

test('the runner fails the call that ends the worker, and none of those behind it', async () => {
  startRunner();
  await runner.invoke(anEvent('answer', '1'));

  const results = await Promise.all([
    runner.invoke(anEvent('exit')),
    ...['2', '3', '4'].map((text) => runner.invoke(anEvent('answer', text))),
  ]);

  expect(results).toMatchObject([
    { failure: { kind: 'refused', errorType: 'Runtime.ExitError' } },
    { value: '2' },
    { value: '3' },
    { value: '4' },
  ]);
});

test('the runner begins each call once, and one at a time in a worker, while slow ones make it move the others', async () => {
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

  expect(results).toMatchObject(numbers.map((number) => ({ value: String(number) })));
  const begun = lines.map((line) => line.split(' ').map(Number));
  expect(begun.map(([number = -1]) => number).sort((a, b) => a - b)).toEqual(numbers);
  expect(new Set(begun.map(([, under]) => under))).toEqual(new Set([1]));
});

test('the runner settles what is under way when it closes', async () => {
  startRunner();
  const results = Array.from({ length: 20 }, () => runner.invoke(anEvent('hang')));

  await runner.close();

  const kinds = (await Promise.all(results)).map(kindOf);
  expect(new Set(kinds)).toEqual(new Set(['refused']));
});

test('load resolves without a failure once the bundle is loaded', async () => {
  await expect(startRunner().load()).resolves.toBeUndefined();
});

test('load waits no longer than a call may take', async () => {
  const bundleUrl = 'data:text/javascript,await new Promise((done) => setTimeout(done, 60_000))';

  await expect(startRunner({ bundleUrl, timeoutMs: 10 }).load()).resolves.toBeUndefined();
});

test('a bundle without a handler fails every call with the reason', async () => {
  startRunner({ bundleUrl: 'data:text/javascript,export const other = 1' });

  await expect(runner.invoke('{}')).resolves.toMatchObject({
    failure: { kind: 'refused', message: expect.stringContaining('handler') },
  });
});

test.each([
  ['a callback', 'export const handler = (event, context, callback) => callback(null, 7)', '7'],
  ['done', 'export const handler = (event, context) => { context.done(null, 7) }', '7'],
  ['succeed', 'export const handler = (event, context) => { context.succeed(7) }', '7'],
  ['nothing', 'export const handler = () => {}', 'null'],
  ['a default export', 'export default { handler: async () => 7 }', '7'],
  [
    'the time that is left',
    'export const handler = async (e, context) => context.getRemainingTimeInMillis() > 0',
    'true',
  ],
])('the runner accepts an answer by %s', async (_name, source, payload) => {
  startRunner({ bundleUrl: `data:text/javascript,${source}` });

  await expect(runner.invoke('{}')).resolves.toEqual({ ok: true, value: payload });
});

test('an answer that JSON cannot hold fails its call', async () => {
  const source = 'export const handler = async () => { const a = {}; a.a = a; return a; }';
  startRunner({ bundleUrl: `data:text/javascript,${source}` });

  await expect(runner.invoke('{}')).resolves.toMatchObject({
    failure: { kind: 'refused', errorType: 'TypeError' },
  });
});

test('a call has five seconds by default', async () => {
  startRunner();

  const result = await runner.invoke(anEvent('remaining'));

  const remainingMs = Number(result.ok ? result.value : Number.NaN);
  expect(remainingMs).toBeGreaterThan(0);
  expect(remainingMs).toBeLessThanOrEqual(5000);
  expect(TRIGGER_TIMEOUT_MS).toBe(5000);
});

test.each(['function', 'symbol', 'toJSON'])(
  'an answer that JSON drops counts as null: %s',
  async (kind) => {
    startRunner();

    await expect(runner.invoke(anEvent('unsayable', kind))).resolves.toEqual({
      ok: true,
      value: 'null',
    });
  },
);

test('a handler that is not async and returns its event answers null on nodejs22.x, with a warning', async () => {
  const lines: string[] = [];
  const bundleUrl = 'data:text/javascript,export const handler = (event) => event';
  startRunner({ bundleUrl, onLog: (text) => lines.push(text) });

  await expect(runner.invoke('{}')).resolves.toEqual({ ok: true, value: 'null' });
  await expect(runner.invoke('{}')).resolves.toEqual({ ok: true, value: 'null' });

  expect(lines.join('').match(/Declare the handler async/g)).toHaveLength(1);
});

test('a handler that is not async and returns its event answers it on nodejs24.x', async () => {
  const bundleUrl = 'data:text/javascript,export const handler = (event) => event';
  startRunner({ bundleUrl, runtime: 'nodejs24.x' });

  await expect(runner.invoke('{"a":1}')).resolves.toEqual({ ok: true, value: '{"a":1}' });
});

test('a handler with a callback is refused on nodejs24.x', async () => {
  const bundleUrl = 'data:text/javascript,export const handler = (event, context, done) => done()';
  startRunner({ bundleUrl, runtime: 'nodejs24.x' });

  await expect(runner.load()).resolves.toMatchObject({
    errorType: 'Runtime.CallbackHandlerDeprecated',
    message: expect.stringContaining('nodejs24.x does not support callbacks'),
  });
});

test('context.fail refuses the token', async () => {
  const bundleUrl =
    "data:text/javascript,export const handler = (e, context) => { context.fail(new Error('No.')) }";
  startRunner({ bundleUrl });

  await expect(runner.invoke('{}')).resolves.toMatchObject({ failure: { message: 'No.' } });
});

test.each(['entry', 'nested.entry'])('the handler may be called %s', async (handlerName) => {
  const bundleUrl =
    'data:text/javascript,export const entry = async () => 7; export const nested = { entry }';
  startRunner({ bundleUrl, handlerName });

  await expect(runner.invoke('{}')).resolves.toEqual({ ok: true, value: '7' });
});

test('a handler that throws leaves its stack in the log, as Lambda writes it', async () => {
  const lines: string[] = [];
  startRunner({ onLog: (text) => lines.push(text) });

  await runner.invoke(anEvent('throw', 'No.'));
  // The log is read behind the answer.
  await runner.invoke(anEvent('answer', '1'));

  const [, , level, title, json = ''] = lines.join('').split('\t');
  expect([level, title]).toEqual(['ERROR', 'Invoke Error ']);
  expect(JSON.parse(json)).toMatchObject({
    errorType: 'Error',
    errorMessage: 'No.',
    stack: expect.arrayContaining(['Error: No.', expect.stringMatching(/puppet\.mjs/)]),
  });
});
