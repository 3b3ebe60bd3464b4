import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { FIXTURE_ENVIRONMENTS } from '@cognito-m2m/environment/fixtures';
import { describe, expect, test } from '@jest/globals';
import { PUPPET_BUNDLE } from '../../test/start-server.ts';
import { findWrappers, readFromProc, readFromPs } from './serve.ts';

const hasPs = await readFromPs(process.pid).then(({ parent }) => parent > 0);

describe.each([
  ['/proc', readFromProc, process.platform === 'linux'],
  ['ps', readFromPs, hasPs],
] as const)('a process read from %s', (_source, read, isThere) => {
  const testThere = isThere ? test : test.skip;

  testThere('a process has its parent and its command line', async () => {
    const entry = await read(process.pid);

    expect(entry.parent).toBe(process.ppid);
    expect(entry.command).toContain('jest');
  });

  testThere('a process that is not there has neither', async () => {
    expect(await read(2 ** 22 + 1)).toEqual({ parent: 0, command: '' });
  });
});

test.each([
  [['node npx -y pnpm@12 start', 'zsh'], 1],
  [['sh -c node start.cjs', 'node /x/pnpm.cjs start', 'npm exec pnpm@12', 'bash'], 3],
  [['bash', 'sshd'], 0],
  [['node npmlog.js', 'zsh'], 0],
  [['node /usr/lib/npm/bin/npx-cli.js -y pnpm@12 start'], 1],
])('above %j there are %i wrappers to watch', async (commands, count) => {
  const read = async (pid: number) => ({
    parent: pid > commands.length ? 0 : pid + 1,
    command: commands[pid - 2] ?? '',
  });

  expect(await findWrappers(2, read)).toEqual([2, 3, 4].slice(0, count));
});

// Ctrl-C sends SIGINT to the whole group, the server included: `tests/readme` holds that. Sent only to npx, it is passed on to
// pnpm, which ignores it, and nothing ends.
test.each(['SIGTERM', 'SIGHUP', 'SIGKILL'] as const)(
  'start ends when npx, which started it, is ended by %s',
  async (signal) => {
    const root = fileURLToPath(new URL('../../../..', import.meta.url));
    const trigger = fileURLToPath(PUPPET_BUNDLE);
    const place = ['--environments', FIXTURE_ENVIRONMENTS, '--port', '0', '--trigger', trigger];
    const words = ['-y', 'pnpm@12', 'start', '--json', ...place];
    const npx = spawn('npx', words, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    const url = await new Promise<string>((resolve, reject) => {
      npx.once('close', () => reject(new Error(`start ended:\n${output}`)));
      npx.stdout.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        const found = /^\{.*"url":"([^"]+)".*$/m.exec(output)?.[1];
        if (found !== undefined) resolve(found);
      });
    });
    expect((await fetch(url)).status).toBeLessThan(500);

    npx.kill(signal);
    // Its output closes when the last process that writes to it has ended.
    await once(npx, 'close');

    await expect(fetch(url)).rejects.toThrow('fetch failed');
  },
  120_000,
);
