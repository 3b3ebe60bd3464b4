import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FIXTURE_ENVIRONMENTS } from '@cognito-m2m/environment/fixtures';
import { SHELL_SCRIPTS } from '../src/completion/shell-scripts.ts';

const BINARY = fileURLToPath(new URL('../bin/m2m.mjs', import.meta.url));
const RUN = `'${process.execPath}' '${BINARY}'`;

/** Completes in bash; `words` are those that readline makes of the line. @returns What bash adds to the current word. */
export function completeInBash(line: string, words: readonly string[], current: number): string[] {
  const script = [
    SHELL_SCRIPTS.bash,
    `m2m() { ${RUN} "$@"; }`,
    'COMP_LINE=$1 COMP_CWORD=$2; shift 2; COMP_WORDS=("$@")',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's own expansion.
    '_m2m; printf "%s\\n" "${COMPREPLY[@]}"',
  ].join('\n');
  return runShell('bash', ['--norc', '-c', script, 'bash', line, String(current), ...words]);
}

/** Completes the end of a line in fish. @returns The candidates. */
export function completeInFish(line: string): string[] {
  const script = [
    `function m2m; ${RUN} $argv; end`,
    SHELL_SCRIPTS.fish,
    'complete -C "$argv[1]"',
  ].join('\n');
  return runShell('fish', ['--no-config', '-c', script, line]);
}

/**
 * Types a line and the tabulator into zsh's line editor, which needs a terminal: zsh brings one along.
 *
 * @returns The line as it stands then.
 */
export function completeInZsh(line: string): string[] {
  const directory = mkdtempSync(join(tmpdir(), 'zsh-'));
  const setUp = join(directory, 'set-up.zsh');
  const buffer = join(directory, 'buffer');
  writeFileSync(
    setUp,
    [
      'autoload -Uz compinit && compinit -D -u',
      `m2m() { ${RUN} "$@" }`,
      SHELL_SCRIPTS.zsh,
      `write-buffer() { print -r -- $BUFFER >| ${buffer}; exit }`,
      "zle -N write-buffer; bindkey '^G' write-buffer",
    ].join('\n'),
  );
  const script = [
    'zmodload zsh/zpty; zpty typing zsh -f -i',
    'zpty -w typing "PS1=; unsetopt prompt_cr prompt_sp; stty -echo; source $1"',
    "zpty -w -n typing $2$'\\t\\a'",
    'for try in {1..600}; do [[ -s $3 ]] && break; sleep 0.05; done',
    'zpty -d typing; cat $3',
  ].join('\n');
  try {
    return runShell('zsh', ['-f', '-c', script, 'zsh', setUp, line, buffer]);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function runShell(shell: string, argv: readonly string[]): string[] {
  // A repository with the environment files of the fixtures: a completion script names no folder.
  const cwd = mkdtempSync(join(tmpdir(), 'm2m-complete-'));
  mkdirSync(join(cwd, 'infra'));
  symlinkSync(FIXTURE_ENVIRONMENTS, join(cwd, 'infra', 'environments'));
  try {
    return execFileSync(shell, argv, { cwd, encoding: 'utf8' }).trimEnd().split('\n');
  } finally {
    rmSync(cwd, { recursive: true });
  }
}
