import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { findPnpm } from '../../support/pnpm.ts';
import { repositoryRoot } from '../../support/repository.ts';
import { readPageCommands } from './page-commands.ts';
import { runInShell } from './page-world.ts';
import { placeOf } from './places.ts';
import { findFault, LESSER_COMMANDS, runShortForm, SHORT_FORMS } from './short-forms.ts';

/** A benchmark in its short form, on a machine that may be busy. */
const RUN_TIMEOUT_MS = 120_000;

const texts = [
  ...new Set(
    (await readPageCommands())
      .filter((command) => placeOf(command)?.kind === 'script')
      .map(({ text }) => text),
  ),
];
const oneTest = texts.filter((text) => / --dir \S+ test /.test(text));
const scripts = texts
  .filter((text) => !oneTest.includes(text))
  .flatMap((text) => /^npx -y pnpm@12 (.+)$/.exec(text)?.[1] ?? []);
const published = texts.filter((text) => text.startsWith('npm publish '));
const read = (file: string) => readFile(join(repositoryRoot, file), 'utf8');

describe('commands that take minutes', () => {
  test('every such command has a short form, and every short form a command on a page', () => {
    const known = [...Object.keys(SHORT_FORMS), ...Object.keys(LESSER_COMMANDS)];

    expect(scripts.toSorted()).toEqual(known.toSorted());
  });

  test('CI runs every short form', async () => {
    const lines = (await read('.ci/run')).split('\n');

    expect(lines).toEqual(
      expect.arrayContaining([
        'node --import tsx tests/docs/commands/run-short-forms.ts',
        ...Object.values(LESSER_COMMANDS),
      ]),
    );
  });

  test(
    'a short form is run as printed, with smaller counts',
    async () => {
      const [command, form] = ['bench:verifier', SHORT_FORMS['bench:verifier']];

      expect(form && (await runShortForm(command, form))).toBe('');
    },
    RUN_TIMEOUT_MS,
  );

  test.each([
    ['another exit code', { exitCode: 70, stdout: '# A page\n\n| a |\n', stderr: '' }],
    ['no result', { exitCode: 0, stdout: 'nothing\n', stderr: '' }],
  ])('a short form with %s is a fault', (_, run) => {
    const form = { options: '', exitCodes: [0, 2], prints: /^\| /m };

    expect(findFault(form, run)).toContain(`exit code ${run.exitCode}`);
    expect(findFault(form, { ...run, exitCode: 2, stdout: '| a |\n' })).toBe('');
  });
});

describe('commands that publish', () => {
  test.each(published)(
    '%s would publish, and only the package of that folder',
    async (text) => {
      const { exitCode, stdout } = await runInShell(`${text} --dry-run`, {
        cwd: repositoryRoot,
        env: process.env,
      });

      const [, folder = ''] = /packages\/([\w-]+)/.exec(text) ?? [];
      expect(exitCode).toBe(0);
      expect(stdout).toMatch(new RegExp(`^\\+ @[\\w-]+/${folder}@`, 'm'));
    },
    RUN_TIMEOUT_MS,
  );
});

test.each(oneTest)(
  '%s runs one file',
  async (text) => {
    const { NODE_OPTIONS: _fixtures, ...env } = process.env;

    const command = text.replace('npx -y pnpm@12', await findPnpm());
    const { exitCode, stderr } = await runInShell(command, { cwd: repositoryRoot, env });

    expect([exitCode, stderr]).toEqual([
      0,
      expect.stringMatching(/Test Suites: +1 passed, 1 total/),
    ]);
  },
  RUN_TIMEOUT_MS,
);

test.each(['synth', 'deploy', 'diff', 'destroy'])(
  'the script %s is the command of that name of cdktf',
  async (name) => {
    const { scripts: root } = JSON.parse(await read('package.json'));

    expect(root[name]).toBe(`pnpm run cdktf ${name}`);
  },
);
