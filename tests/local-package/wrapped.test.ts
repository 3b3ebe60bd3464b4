import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type InstalledPackage, installPackage, startProgram } from './installed-package.ts';

let installed: InstalledPackage;
beforeAll(async () => {
  installed = await installPackage();
  await installed.write(
    'package.json',
    JSON.stringify({
      name: 'service',
      private: true,
      scripts: { cognito: 'local-cognito --json --port=0 --client=worker --scope=notes/read' },
    }),
  );
}, 120_000);
afterAll(() => installed.remove());

/** Longer than the server takes to see that its wrapper has gone, on a machine however busy. */
const STOP_MS = 30_000;
const POLL_MS = 100;

const NPX = 'npx --offline local-cognito --json --port=0 --client=worker --scope=notes/read';
const NPM = 'npm run --silent cognito';

test.each([
  // Not SIGINT: npx and npm leave it to the terminal, which sends it to the server too, and go on by themselves.
  [NPX, 'SIGTERM'],
  [NPX, 'SIGHUP'],
  [NPX, 'SIGKILL'],
  [NPM, 'SIGTERM'],
  [NPM, 'SIGKILL'],
] as const)(
  'a server that was started by "%s" ends when that is killed by %s',
  async (line, signal) => {
    const [command = '', ...args] = line.split(' ');
    const wrapper = await startProgram(installed, command, args);
    const { url } = JSON.parse(wrapper.firstLine) as { url: string };
    const before = await fetch(`${url}/health`);
    await before.text();

    wrapper.child.kill(signal);

    expect(before.status).toBe(200);
    await expect(hasEnded(url)).resolves.toBe(true);
    // Nothing holds the port.
    await expect(fetch(`${url}/health`)).rejects.toThrow('fetch failed');
  },
  120_000,
);

async function hasEnded(url: string): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < STOP_MS; waitedMs += POLL_MS) {
    const isThere = await fetch(`${url}/health`).then(
      () => true,
      () => false,
    );
    if (!isThere) return true;
    await wait(POLL_MS);
  }
  return false;
}
