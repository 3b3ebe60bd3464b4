import { execFileSync, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { SHELL_SCRIPTS, SHELLS } from './shell-scripts.ts';

const BINARY = fileURLToPath(new URL('../../../bin/m2m.mjs', import.meta.url));

/** Completes in a real bash; `words` are those that readline makes of the line. */
function completeInBash(line: string, words: readonly string[], current: number): string[] {
  const script = [
    SHELL_SCRIPTS.bash,
    `m2m() { '${process.execPath}' '${BINARY}' "$@"; }`,
    'COMP_LINE=$1 COMP_CWORD=$2; shift 2; COMP_WORDS=("$@")',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's own expansion.
    '_m2m; printf "%s\\n" "${COMPREPLY[@]}"',
  ].join('\n');
  const argv = ['--norc', '-c', script, 'bash', line, String(current), ...words];
  return execFileSync('bash', argv, { encoding: 'utf8' }).trimEnd().split('\n');
}

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

for (const shell of SHELLS) {
  const isMissing = spawnSync(shell, ['--version']).error !== undefined;
  // Bash is on every machine that runs these tests, and CI has all three.
  const mayMiss = shell !== 'bash' && process.env['M2M_REQUIRE_ALL_TESTS'] !== '1';
  const isSkipped = isMissing && mayMiss;
  const run = isSkipped ? test.skip : test;
  run(`${shell} takes its script${isSkipped ? ` (skipped: no ${shell} here)` : ''}`, () => {
    const checked = spawnSync(shell, ['-n', '-c', SHELL_SCRIPTS[shell]], { encoding: 'utf8' });

    expect(checked).toMatchObject({ status: 0, stderr: '' });
  });
}
