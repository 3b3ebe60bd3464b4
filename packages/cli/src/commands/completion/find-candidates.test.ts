import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { definitions } from '../../definitions.ts';
import { runLine } from '../../testing/run-line.ts';
import { findCandidates } from './find-candidates.ts';

const directory = fileURLToPath(new URL('../../../../../infra/environments', import.meta.url));

test.each([
  ['ex', ['explain']],
  ['nope --env ', []],
  ['list --env l', ['local']],
  ['explain --env local pay', ['payments']],
  ['explain --env local payments bill', ['billing-worker']],
  ['explain payments --env local --scope orders/read rep', ['report-viewer']],
  ['explain payments bill', []],
  ['set --env local --yes payments billing-worker custom:r', ['custom:role']],
  ['explain --sc', ['--scope']],
  ['list --lo', ['--local-url']],
  ['list --env broken pay', []],
])('"%s" offers %j', async (line, expected) => {
  expect(await findCandidates({ words: line.split(' '), definitions, directory })).toEqual(
    expected,
  );
});

test.each(['bash', 'zsh', 'fish'])('prints the script of %s', async (shell) => {
  const { exitCode, stdout } = await runLine(['completion', shell]);

  expect(exitCode).toBe(0);
  expect(stdout).toContain('m2m complete -- ');
});

test('another shell is an error', async () => {
  const { exitCode, stderr } = await runLine(['completion', 'csh']);

  expect(exitCode).toBe(1);
  expect(stderr).toContain('bash, zsh, fish');
});
