import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { anEnvironment } from '@cognito-m2m/environment/fixtures';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { runLine } from '../test/run-line.ts';
import { startDeployment, type TestDeployment } from '../test/start-deployment.ts';

const TRIGGER_BUNDLE = import.meta.resolve('@cognito-m2m/pre-token-generation/bundle');
let deployment: TestDeployment;
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'm2m-progress-'));
  await writeFile(join(directory, 'package.json'), '{"type":"module"}');
  const file = `export default ${JSON.stringify(anEnvironment())};\n`;
  await writeFile(join(directory, 'test.ts'), file);
  deployment = await startDeployment(anEnvironment(), { triggerBundle: TRIGGER_BUNDLE });
});
afterAll(async () => {
  await deployment.close();
  await rm(directory, { recursive: true });
});

/** Runs a command for which every second is a millisecond, or whose every look at the clock takes two seconds. */
function runSlowly(argv: readonly string[], isTerminal: boolean) {
  let nowMs = Date.now();
  const place = ['--env', 'test', '--local-url', deployment.cognito.url];
  return runLine([...argv, ...place, '--environments', directory, '--json'], {
    isTerminal,
    clock: () => {
      nowMs += 2_000;
      return nowMs;
    },
    repeat: (_milliseconds, callback) => {
      const timer = setInterval(callback, 1);
      return () => clearInterval(timer);
    },
  });
}

test('a slow command says on a terminal that it is at work, and leaves nothing behind', async () => {
  const { exitCode, stdout, stderr } = await runSlowly(
    ['explain', 'payments', 'billing-worker'],
    true,
  );

  expect(exitCode).toBe(0);
  expect(stderr).toContain('m2m explain: 1 s');
  expect(stderr.endsWith('\r\u001b[2K')).toBe(true);
  expect(() => JSON.parse(stdout)).not.toThrow();
});

test('token --all says on stderr how far it is', async () => {
  const { stderr } = await runSlowly(['token', '--all'], true);

  expect(stderr).toContain('Testing tokens: 1 of 1');
});

test('a slow command stays quiet without a terminal', async () => {
  const { stderr } = await runSlowly(['explain', 'payments', 'billing-worker'], false);

  expect(stderr).toBe('');
});
