import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { definitions } from './definitions.ts';
import { runLine } from './testing/run-line.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'm2m-run-'));
  await writeFile(join(directory, 'broken.ts'), "export default { name: 'broken' };\n");
});
afterAll(() => rm(directory, { recursive: true }));

describe('help', () => {
  test('names every command and the exit codes', async () => {
    const { exitCode, stdout } = await runLine(['--help']);

    expect(exitCode).toBe(0);
    expect(stdout).toMatchSnapshot();
  });

  test.each(definitions.map(({ name }) => name))('of %s has examples', async (name) => {
    const { exitCode, stdout } = await runLine([name, '--help']);

    expect(exitCode).toBe(0);
    expect(stdout).toMatchSnapshot();
  });
});

describe('a wrong command line', () => {
  test.each([
    ['no command', []],
    ['an unknown command', ['lst']],
    ['an unknown option', ['list', '--nope']],
    ['too many arguments', ['list', 'a', 'b']],
  ])('%s exits with 1 and says how to get help', async (_case, argv) => {
    const { exitCode, stdout, stderr } = await runLine(argv);

    expect(exitCode).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain('help');
  });
});

describe('an error', () => {
  test('names the next command', async () => {
    const { exitCode, stderr } = await runLine(['list', '--environments', directory]);

    expect(exitCode).toBe(1);
    expect(stderr).toContain('known: broken. (ERR_ENVIRONMENT_REQUIRED)');
    expect(stderr).toContain('Next: the same command with --env broken');
  });

  test('is one JSON document with --json', async () => {
    const argv = ['list', '--env', 'nope', '--environments', directory, '--json'];

    const { exitCode, stdout, stderr } = await runLine(argv);

    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'ERR_ENVIRONMENT_UNKNOWN' } });
    expect(stderr).toBe('');
  });

  test('of an invalid environment lists every fault', async () => {
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
