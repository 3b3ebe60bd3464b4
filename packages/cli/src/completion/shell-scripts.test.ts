import { spawnSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import { completeInBash, completeInFish, completeInZsh } from '../../test/complete-in-shell.ts';
import { SHELL_SCRIPTS, SHELLS, type Shell } from './shell-scripts.ts';

/** How the tests of a shell run, and what their name says: bash is everywhere, and CI has all three. */
function testsOf(shell: Shell) {
  const isMissing = spawnSync(shell, ['--version']).error !== undefined;
  const mayMiss = shell !== 'bash' && process.env['M2M_REQUIRE_ALL_TESTS'] !== '1';
  return isMissing && mayMiss
    ? { run: test.skip, name: `${shell} (skipped: not here)` }
    : { run: test, name: shell };
}

describe.each(SHELLS)('the script for %s', (shell) => {
  const { run, name } = testsOf(shell);

  run(`is taken by ${name}`, () => {
    const checked = spawnSync(shell, ['-n', '-c', SHELL_SCRIPTS[shell]], { encoding: 'utf8' });

    expect(checked).toMatchObject({ status: 0, stderr: '' });
  });
});

test.each<[string, string[], number, string[]]>([
  ['m2m roll', ['m2m', 'roll'], 1, ['rollback']],
  [
    // Bash makes a word of the colon, and takes only what comes after it.
    'm2m set --reason "a b" payments billing-worker custom:r',
    ['m2m', 'set', '--reason', '"a b"', 'payments', 'billing-worker', 'custom', ':', 'r'],
    8,
    ['role'],
  ],
  [
    'm2m set payments billing-worker custom:',
    ['m2m', 'set', 'payments', 'billing-worker', 'custom', ':'],
    5,
    ['organization_id', 'role'],
  ],
  ['m2m list --env=l', ['m2m', 'list', '--env', '=', 'l'], 4, ['local']],
  [
    'm2m explain payments b --env local',
    ['m2m', 'explain', 'payments', 'b', '--env', 'local'],
    3,
    ['billing-worker'],
  ],
  ['m2m explain --env local ', ['m2m', 'explain', '--env', 'local', ''], 4, ['payments']],
])('bash completes "%s"', (line, words, current, expected) => {
  expect(completeInBash(line, words, current)).toEqual(expected);
});

const fish = testsOf('fish');
fish.run.each([
  ['m2m roll', ['rollback']],
  ['m2m set --reason "a b" payments billing-worker custom:r', ['custom:role']],
  ['m2m set payments billing-worker custom:', ['custom:organization_id', 'custom:role']],
  ['m2m list --env=l', ['--env=local']],
  ['m2m explain --env local ', ['payments']],
])(`${fish.name} completes "%s"`, (line, expected) => {
  expect(completeInFish(line)).toEqual(expected);
});

const zsh = testsOf('zsh');
zsh.run.each([
  ['m2m roll', 'm2m rollback'],
  [
    'm2m set --reason "a b" payments billing-worker custom:r',
    'm2m set --reason "a b" payments billing-worker custom:role',
  ],
  ['m2m list --env=l', 'm2m list --env=local'],
  ['m2m explain --env local ', 'm2m explain --env local payments'],
])(`${zsh.name} completes "%s"`, (line, expected) => {
  expect(completeInZsh(line)).toEqual([expected]);
});
