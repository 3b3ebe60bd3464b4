import { afterEach, expect, test } from '@jest/globals';
import { PUPPET_BUNDLE } from '../../test/start-server.ts';
import type { TriggerRunner } from './trigger-result.ts';
import { createTriggerRunner } from './trigger-runner.ts';

let runner: TriggerRunner;
afterEach(() => runner.close());

function startRunner(options: { bundleUrl?: string; timeoutMs?: number; onLog?: () => void } = {}) {
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
