import { access, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createFork, type Fork } from './fork.ts';
import { OTHER_ENVIRONMENTS } from './other-company.ts';

/** An install, and compilers of a whole repository, on a machine that may be busy. */
const STEP_TIMEOUT_MS = 600_000;

// The steps of one adoption, in order. `pnpm adopt` runs more of the clone's own tests: see docs/upgrade.md.
describe('a clone of another company', () => {
  let fork: Fork;

  const step = (name: string, run: () => Promise<void>) => test(name, run, STEP_TIMEOUT_MS);
  const isGreen = async () => {
    await fork.pnpm('exec', 'tsc', '--noEmit');
    await fork.pnpm('contract:check');
    await fork.pnpm('tokens:check');
  };

  beforeAll(async () => {
    fork = await createFork();
    await fork.adopt();
  }, STEP_TIMEOUT_MS);

  afterAll(() => fork?.remove());

  step('has sound types, a checked contract and golden tokens of its own', async () => {
    await isGreen();

    const golden = await readFile(
      join(fork.directory, 'infra/environments/golden-tokens.json'),
      'utf8',
    );
    expect(Object.keys(JSON.parse(golden))).toEqual([...OTHER_ENVIRONMENTS]);
    expect(golden).toContain('vendor_code');
  });

  step('shows its own claims in the demo, and no token', async () => {
    const output = await fork.pnpm('demo');

    expect(output).toContain('vendor_code');
    expect(output).not.toContain('undefined');
    expect(output).not.toMatch(/eyJ[\w-]+\.[\w-]+\.[\w-]+/);
  });

  step('synthesizes its production environment', async () => {
    await fork.pnpm('synth', 'production');

    const stacks = await readdir(join(fork.directory, 'infra/cdktf.out/stacks'));
    expect(stacks.sort()).toEqual([
      'production-claims',
      'production-pool-fleet',
      'production-pool-warehouse',
    ]);
  });

  step(
    'merges the next version without a conflict, keeps its files, and is still green',
    async () => {
      await fork.releaseNextVersion();
      await fork.upgrade();

      expect(await fork.listProductChanges()).toEqual([]);
      expect(await readFile(join(fork.directory, 'README.md'), 'utf8')).toMatch(
        /^# Tokens at Globex/,
      );
      for (const file of ['infra/environments/staging.ts', 'packages/contract/consumers']) {
        await expect(access(join(fork.directory, file))).rejects.toMatchObject({ code: 'ENOENT' });
      }
      await isGreen();
    },
  );

  step('renames the scope of all packages in one command', async () => {
    expect(await fork.renameScope()).toEqual([]);
    await isGreen();
  });
});
