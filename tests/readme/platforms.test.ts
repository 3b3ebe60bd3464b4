import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { repositoryRoot } from '../support/repository.ts';

/** A package entry of the lock file that is for some machines only: its name up to the platform, and the platform. */
const NATIVE_PACKAGE = /^ {2}'?(@?[^'\n]+?)(linux|darwin)-?([^@'\n]*)@[\d.]+'?:$/gm;

const MACHINES = ['linux-x64', 'linux-arm64', 'darwin-arm64', 'darwin-x64'];

/** turbo writes `64` for x64. */
function machineOf(system: string, processor: string): string {
  return `${system}-${processor.replace(/^64/, 'x64').replace(/-(gnu|musl)$/, '')}`;
}

async function readNativePackages(): Promise<Map<string, Set<string>>> {
  const lockFile = await readFile(join(repositoryRoot, 'pnpm-lock.yaml'), 'utf8');
  const found = new Map<string, Set<string>>();
  for (const [, name = '', system = '', processor = ''] of lockFile.matchAll(NATIVE_PACKAGE)) {
    const machines = found.get(name) ?? new Set();
    found.set(name, machines.add(machineOf(system, processor)));
  }
  return found;
}

describe('the lock file', () => {
  test('the lock file holds every native package for Linux and for macOS', async () => {
    const packages = await readNativePackages();

    const missing = [...packages].flatMap(([name, machines]) =>
      MACHINES.filter((machine) => !machines.has(machine)).map((machine) => `${name}${machine}`),
    );
    expect([...packages.keys()]).toEqual(expect.arrayContaining(['@esbuild/', '@turbo/']));
    expect(missing).toEqual([]);
  });
});
