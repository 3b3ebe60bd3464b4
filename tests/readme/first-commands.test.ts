import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, test } from '@jest/globals';
import { repositoryRoot } from '../support/repository.ts';

// The README's first commands, as written there and as a user runs them; only the port is another one.
const PNPM = ['-y', 'pnpm@12'];
const running: ChildProcess[] = [];

/** The variables of a user's shell: what these commands run is the team's contract and its environment files. */
function withTeamContract(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _fixtures, ...variables } = process.env;
  return variables;
}

interface Run {
  readonly process: ChildProcess;
  /** Resolves with all output once it holds the pattern; rejects if the process ends before. */
  waitFor(pattern: RegExp): Promise<string>;
  /** Resolves with the exit code and all output. */
  readonly ended: Promise<{ code: number | null; output: string }>;
}

function run(...args: string[]): Run {
  // Of its own process group, so that a Ctrl-C can be sent as a terminal sends it: to all of them.
  const child = spawn('npx', [...PNPM, ...args], {
    cwd: repositoryRoot,
    env: withTeamContract(),
    detached: true,
  });
  running.push(child);
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output += chunk;
  });
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, output }));
  return {
    process: child,
    ended,
    waitFor: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => pattern.test(output) && resolve(output);
        child.stdout.on('data', look);
        child.stderr.on('data', look);
        ended.then(() => reject(new Error(`ended without ${pattern}:\n${output}`)));
        look();
      }),
  };
}

function interrupt(child: ChildProcess): void {
  const isRunning = child.exitCode === null && child.signalCode === null;
  if (child.pid !== undefined && isRunning) process.kill(-child.pid, 'SIGINT');
}

afterEach(() => {
  for (const child of running.splice(0)) interrupt(child);
});

/** True if the README is that of the product: the sample is then in place, too. */
async function isOfProduct(): Promise<boolean> {
  return /^# cognito-m2m-claims$/m.test(await readFile(join(repositoryRoot, 'README.md'), 'utf8'));
}

const oneSpace = (text: string) => text.replaceAll(/\s+/g, ' ');

/** What the picture of the demo shows of its output, line by line; an ellipsis stands for what is left out. */
async function readPicture(): Promise<string[]> {
  const svg = await readFile(join(repositoryRoot, 'docs/images/demo.svg'), 'utf8');
  const lines = [...svg.matchAll(/<text[^>]*>(.*?)<\/text>/gs)].map(([, line = '']) =>
    line.replaceAll(/<[^>]+>/g, '').replaceAll('&quot;', '"'),
  );
  return lines
    .filter((line) => !line.startsWith('$ '))
    .flatMap((line) => line.split('…'))
    .map((part) => oneSpace(part).trim())
    .filter((part) => part !== '');
}

describe('demo', () => {
  test('demo shows the token before and after, verifies it and exits with 0', async () => {
    const { code, output } = await run('demo').ended;

    expect(output).toContain('aws-jwt-verify');
    expect(output).not.toMatch(/eyJ[\w-]+\.[\w-]+\.[\w-]+/);
    expect(code).toBe(0);
    // A team's own environment has other claims than the picture.
    if (!(await isOfProduct())) return;
    const shown = await readPicture();
    expect(shown.length).toBeGreaterThan(15);
    expect(shown.filter((part) => !oneSpace(output).includes(part))).toEqual([]);
  }, 120_000);
});

describe('m2m', () => {
  test('m2m is the program, so that a finding is not reported as a failure of a script', async () => {
    const { code, output } = await run('m2m', 'list', '--env', 'nowhere').ended;

    expect(output).toMatch(/^m2m: No environment "nowhere"/m);
    expect(output).not.toMatch(/ELIFECYCLE|packages\/cli/);
    expect(code).toBe(1);
  }, 120_000);

  test('m2m is found by pnpm exec, and takes its environment from M2M_ENV', async () => {
    const env = { ...withTeamContract(), M2M_ENV: 'nowhere' };
    const words = [...PNPM, 'exec', 'm2m', 'list'];

    const ended = promisify(execFile)('npx', words, { cwd: repositoryRoot, env });

    await expect(ended).rejects.toMatchObject({
      stderr: expect.stringMatching(/^m2m: No environment "nowhere"/m),
    });
  }, 120_000);

  test('m2m can be typed as such with the folder bin on the path', async () => {
    const path = [join(repositoryRoot, 'bin'), process.env['PATH']].join(delimiter);
    const env = { ...withTeamContract(), PATH: path };

    const { stdout } = await promisify(execFile)('m2m', ['--version'], { cwd: tmpdir(), env });

    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  }, 60_000);
});

describe('start', () => {
  test('start prints a curl command that works, and ends cleanly on Ctrl-C', async () => {
    const server = run('start', '--port', '0');
    const output = await server.waitFor(/^\s*curl .*oauth2\/token/m);
    const [command = ''] = /curl .*oauth2\/token\S*/.exec(output) ?? [];

    const curl = spawn('sh', ['-c', command]);
    let answer = '';
    curl.stdout.on('data', (chunk) => {
      answer += chunk;
    });
    await once(curl, 'close');

    interrupt(server.process);
    // Ends when every process of the group has closed its output; npx itself dies of the signal.
    const { output: whole } = await server.ended;

    expect(JSON.parse(answer)).toMatchObject({ token_type: 'Bearer' });
    expect(whole).not.toMatch(/error|ELIFECYCLE|\n\s+at /i);
    await expect(fetch(new URL(command.split(' ').at(-1) ?? ''))).rejects.toThrow('fetch failed');
  }, 120_000);

  test('start names the busy port and the flag that changes it', async () => {
    const server = run('start', '--port', '0');
    const output = await server.waitFor(/127\.0\.0\.1:\d+/);
    const [, port = ''] = /127\.0\.0\.1:(\d+)/.exec(output) ?? [];

    const second = await run('start', '--port', port).ended;

    expect(second.code).not.toBe(0);
    expect(second.output).toContain(port);
    expect(second.output).toContain('--port');
    expect(second.output).not.toMatch(/\n\s+at /);
  }, 120_000);
});
