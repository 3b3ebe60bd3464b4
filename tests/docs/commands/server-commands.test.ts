import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { repositoryRoot } from '../../support/repository.ts';
import { readPageCommands } from './page-commands.ts';
import { writePrograms } from './page-world.ts';
import { placeOf } from './places.ts';

/** A start of a server, on a machine that may be busy. */
const START_TIMEOUT_MS = 60_000;
/** Where the page has the server; here it is at a free port. */
const ADDRESS_OF_PAGE = 'http://cognito:8787';

const texts = (await readPageCommands())
  .filter((command) => placeOf(command)?.kind === 'server')
  .map(({ text }) => text);
const servers = [...new Set(texts)].filter((text) => !text.includes(ADDRESS_OF_PAGE));
const calls = texts.filter((text) => text.includes(ADDRESS_OF_PAGE));

describe('the commands of the pages that start local Cognito', () => {
  let directory: string;
  let env: NodeJS.ProcessEnv;
  const running: ChildProcess[] = [];

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'm2m-servers-'));
    const page = await readFile(join(repositoryRoot, 'docs/local-cognito.md'), 'utf8');
    const [, config = ''] = /^```yaml\n(# cognito\.yaml\n[\s\S]*?)^```/m.exec(page) ?? [];
    await writeFile(join(directory, 'cognito.yaml'), config);
    await mkdir(join(directory, 'dist'));
    const trigger = 'export const handler = async (event) => event;\n';
    await writeFile(join(directory, 'dist/index.mjs'), trigger);
    const { NODE_OPTIONS: _fixtures, ...variables } = process.env;
    env = {
      ...variables,
      PATH: await writePrograms(directory),
      AWS_DEFAULT_REGION: 'eu-central-1',
    };
  });
  afterAll(async () => {
    for (const child of running) child.kill('SIGKILL');
    await rm(directory, { recursive: true });
  });

  /** Runs what stays up, on a free port. */
  async function start(command: string): Promise<{ url: string; stop(): Promise<unknown> }> {
    const port = command.includes('--port') ? '' : ' --port 0';
    const child = spawn('bash', ['-c', `exec ${command}${port}`], { cwd: directory, env });
    running.push(child);
    const closed = once(child, 'close');
    let output = '';
    const url = await new Promise<string>((resolve, reject) => {
      const look = (chunk: Buffer) => {
        output += chunk;
        const [, found] = /http:\/\/[\w.]+:(\d+)/.exec(output) ?? [];
        if (found !== undefined) resolve(`http://127.0.0.1:${found}`);
      };
      child.stdout.on('data', look);
      child.stderr.on('data', look);
      closed.then(() => reject(new Error(`${command} ended:\n${output}`)));
    });
    const stop = async () => {
      child.kill('SIGTERM');
      const [exitCode] = await closed;
      return exitCode;
    };
    return { url, stop };
  }

  test.each(servers)(
    '%s serves, and ends at SIGTERM',
    async (command) => {
      const { url, stop } = await start(command);

      const health = await fetch(`${url}/health`);

      expect([health.status, await stop()]).toEqual([200, 0]);
    },
    START_TIMEOUT_MS,
  );

  test.each(calls)(
    '%s reads the pools of the server before it on the page',
    async (command) => {
      const before = texts[texts.indexOf(command) - 1] ?? '';
      const { url, stop } = await start(before);
      const words = command.replace(ADDRESS_OF_PAGE, url);

      const { stdout } = await promisify(execFile)('bash', ['-c', words], { cwd: directory, env });

      await stop();
      expect(JSON.parse(stdout)).toMatchObject({ UserPools: [{ Name: 'notes' }] });
    },
    START_TIMEOUT_MS,
  );
});
