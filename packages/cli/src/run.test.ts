import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FIXTURE_ENVIRONMENTS } from '@cognito-m2m/environment/fixtures';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { runLine } from '../test/run-line.ts';
import { definitions } from './definitions.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'm2m-run-'));
  await writeFile(join(directory, 'broken.ts'), "export default { name: 'broken' };\n");
});
afterAll(() => rm(directory, { recursive: true }));

test('help names every command and the exit codes', async () => {
  const { exitCode, stdout } = await runLine(['--help']);

  expect(exitCode).toBe(0);
  expect(stdout).toMatchSnapshot();
});

test.each(definitions.map(({ name }) => name))('help of %s has examples', async (name) => {
  const { exitCode, stdout } = await runLine([name, '--help']);

  expect(exitCode).toBe(0);
  expect(stdout).toMatchSnapshot();
});

test('--version prints the version of the package', async () => {
  const { exitCode, stdout } = await runLine(['--version']);

  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

describe('a wrong command line', () => {
  test.each([['no command', []]])('%s exits with 1 and shows the help', async (_case, argv) => {
    const { exitCode, stdout, stderr } = await runLine(argv);

    expect(exitCode).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain('m2m [options] [command]');
  });

  const wrongLines = [
    ['an unknown command', ['lst'], 'Unknown command "lst". Did you mean list? (', 'm2m --help'],
    ['an unknown option', ['list', '--nope'], 'Unknown option --nope. (', 'm2m list --help'],
    [
      'an option with a slip',
      ['list', '--jsno'],
      'Unknown option --jsno. Did you mean --json? (',
      'm2m list --help',
    ],
    [
      'too many arguments',
      ['list', 'a', 'b'],
      "Too many arguments for 'list'. Expected 1 argument but got 2. (",
      'm2m list --help',
    ],
    [
      'a missing argument',
      ['explain', 'payments'],
      '<client> is required. (',
      'm2m explain --help',
    ],
    ['a missing option', ['disable', 'a', 'b'], '--reason is required. (', 'm2m disable --help'],
  ] as const;

  test.each(['set', 'unset', 'rollback', 'disable', 'enable'])(
    'the help of %s says that the reason is required',
    async (name) => {
      const { stdout } = await runLine([name, '--help']);

      expect(stdout).toMatch(/--reason <text> .*\(required\)/);
    },
  );

  test.each(wrongLines)('%s exits with 1 and names the help', async (_case, argv, part, next) => {
    const { exitCode, stdout, stderr } = await runLine(argv);

    expect(exitCode).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^m2m: .*\(ERR_USAGE\)\nNext: /s);
    expect(stderr).toContain(part);
    expect(stderr).toContain(`\nNext: ${next}\n`);
  });

  test('an option without its value says that it requires one', async () => {
    const { stderr } = await runLine(['list', '--env']);

    expect(stderr).toContain('m2m: --env requires a value. (ERR_USAGE)\nNext: m2m list --help\n');
  });

  test.each(wrongLines)('%s with --json is one JSON document', async (_case, argv, part, next) => {
    const { exitCode, stdout, stderr } = await runLine([...argv, '--json']);

    expect(exitCode).toBe(1);
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual({
      error: { code: 'ERR_USAGE', message: part.replace(/ \($/, ''), next },
    });
  });

  test('a wrong command line shows no secret that was given as an option', async () => {
    const key = `AKIA${'A'.repeat(16)}`;

    const { stderr } = await runLine(['list', `--key=${key}`]);

    expect(stderr).toContain('ERR_USAGE');
    expect(stderr).not.toContain(key);
  });
});

describe('an error', () => {
  test('an error that names no other command names the help of its own', async () => {
    const place = ['--env', 'dev', '--environments', FIXTURE_ENVIRONMENTS];

    const { exitCode, stderr } = await runLine(['doctor', ...place, '--secret-days', 'x']);

    expect(exitCode).toBe(1);
    expect(stderr).toContain('Next: m2m doctor --help');
  });

  test('an error of a folder that is not there does not blame a file', async () => {
    const { stderr } = await runLine(['list', '--env', 'dev', '--environments', '/nope']);

    expect(stderr).toContain('ERR_ENVIRONMENT_FOLDER_UNREADABLE');
    expect(stderr).toContain('Next: the same command with --environments');
  });

  test('an error names the next command', async () => {
    const { exitCode, stderr } = await runLine(['list', '--environments', directory]);

    expect(exitCode).toBe(1);
    expect(stderr).toContain('Known environments: broken. (ERR_ENVIRONMENT_REQUIRED)');
    expect(stderr).toContain('Next: the same command with --env broken');
  });

  test('an error is one JSON document with --json', async () => {
    const argv = ['list', '--env', 'nope', '--environments', directory, '--json'];

    const { exitCode, stdout, stderr } = await runLine(argv);

    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'ERR_ENVIRONMENT_UNKNOWN' } });
    expect(stderr).toBe('');
  });

  test('an error of an invalid environment lists every fault', async () => {
    const { exitCode, stderr } = await runLine([
      'list',
      '--env',
      'broken',
      '--environments',
      directory,
    ]);

    expect(exitCode).toBe(1);
    expect(stderr).toContain('region');
    expect(stderr).toContain('pools');
  });
});
