import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_SIZE_BUDGET_BYTES, defineContract } from '@cognito-m2m/claim-schema';
import { contract } from '@cognito-m2m/contract';
import {
  findEnvironmentsDirectory,
  listEnvironments,
  loadEnvironment,
} from '@cognito-m2m/environment';
import { findTriggerDirectory, synthesizeEnvironment } from '@cognito-m2m/infra';
import { afterAll, describe, expect, test } from '@jest/globals';
import {
  compareTokens,
  findUnknownPools,
  readGoldenTokens,
  resolveTokens,
  writeGoldenTokens,
} from './golden-tokens.ts';

// The tests of the team's environment files: they are generated from what is there.
const directory = await findEnvironmentsDirectory(import.meta.dirname);
const names = await listEnvironments({ directory });
const outputDirectory = mkdtempSync(join(tmpdir(), 'm2m-team-'));
afterAll(() => rmSync(outputDirectory, { recursive: true }));

const load = (name: string) => loadEnvironment(name, { contract, directory });
const loadAll = () => Promise.all(names.map(load));

describe.each(names)('the environment %s', (name) => {
  test('the environment is valid, synthesizes and keeps every guardrail', async () => {
    const stacks = synthesizeEnvironment(await load(name), {
      triggerDirectory: findTriggerDirectory(),
      outputDirectory,
    });

    expect(stacks.size).toBeGreaterThan(0);
    for (const stack of stacks.keys()) {
      expect(existsSync(join(outputDirectory, 'stacks', stack, 'cdk.tf.json'))).toBe(true);
    }
  });

  test('the environment keeps its state in the account that it names', async () => {
    const { state, accountId } = await load(name);

    const stateAccount = state.type === 's3' ? state.kmsKeyArn.split(':')[4] : accountId;
    expect(stateAccount).toBe(accountId);
  });
});

test('no domain prefix is used twice in a Region, where prefixes are unique', async () => {
  const domains = (await loadAll()).flatMap(({ region, pools }) =>
    pools.map(({ domainPrefix }) => `${domainPrefix}.auth.${region}`),
  );

  expect(domains).toEqual([...new Set(domains)]);
});

test('every pool in which the contract requires a claim is in an environment', async () => {
  expect(await findUnknownPools(directory, contract)).toEqual([]);
});

test('a required claim of a pool that no environment has is found by name', async () => {
  const misspelled = defineContract({
    ...contract,
    badge: { type: 'string', description: 'A badge.', required: ['no-such-pool'] },
  });

  expect(await findUnknownPools(directory, misspelled)).toEqual([
    expect.stringMatching(/^badge: required in "no-such-pool", expected one of \w+/),
  ]);
});

describe('the smallest and the largest token of each client', () => {
  test('the smallest and the largest token of each client are issued, within the size budget', async () => {
    const tokens = await resolveTokens(directory, contract);

    const all = Object.values(tokens).flatMap((pools) =>
      Object.values(pools).flatMap((clients) =>
        Object.values(clients).flatMap(({ smallest, largest }) => [smallest, largest]),
      ),
    );
    expect(all.filter((token) => 'denied' in token)).toEqual([]);
    for (const token of all) {
      expect('sizeBytes' in token && token.sizeBytes).toBeLessThanOrEqual(
        DEFAULT_SIZE_BUDGET_BYTES,
      );
    }
  });

  test('the smallest and the largest token of each client are as committed; `npx -y pnpm@12 tokens:check --update` rewrites them', async () => {
    const tokens = await resolveTokens(directory, contract);

    expect(compareTokens(await readGoldenTokens(directory), tokens)).toEqual([]);
  });

  test.each([
    ['was killed half-way', '{ "dev": { "pay'],
    ['left conflicts of a merge', '<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> product\n'],
    ['wrote nothing', ''],
  ])(
    'the smallest and the largest token of each client are written again after a write that %s',
    async (_how, text) => {
      const tokens = await resolveTokens(directory, contract);
      const file = await writeGoldenTokens(outputDirectory, {});
      writeFileSync(file, text);

      const before = compareTokens(await readGoldenTokens(outputDirectory), tokens);
      await writeGoldenTokens(outputDirectory, tokens);
      const after = compareTokens(await readGoldenTokens(outputDirectory), tokens);

      expect(before).toEqual(compareTokens({}, tokens));
      expect(after).toEqual([]);
    },
  );
});
