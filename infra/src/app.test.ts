import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listEnvironments, loadEnvironment } from '@cognito-m2m/environment';
import { afterAll, describe, expect, test } from '@jest/globals';
import { synthesizeEnvironment } from './app.ts';
import { findTriggerDirectory } from './trigger-directory.ts';

const outputDirectory = mkdtempSync(join(tmpdir(), 'm2m-synth-'));
afterAll(() => rmSync(outputDirectory, { recursive: true }));

describe('the environment files', () => {
  test.each([
    ['local', ['local-claims', 'local-pool-payments']],
    ['dev', ['dev-claims', 'dev-pool-payments']],
    ['staging', ['staging-claims', 'staging-pool-payments']],
    ['prod', ['prod-claims', 'prod-pool-payments', 'prod-pool-logistics']],
  ])('%s gives the stacks %p, each in its own folder', async (name, stackNames) => {
    const triggerDirectory = findTriggerDirectory();
    const environment = await loadEnvironment(name);

    const stacks = synthesizeEnvironment(environment, { triggerDirectory, outputDirectory });

    expect([...stacks.keys()]).toEqual(stackNames);
    for (const stackName of stackNames) {
      expect(existsSync(join(outputDirectory, 'stacks', stackName, 'cdk.tf.json'))).toBe(true);
    }
  });

  test('are all tried here', async () => {
    await expect(listEnvironments()).resolves.toEqual(['dev', 'local', 'prod', 'staging']);
  });

  test('give production pools of different owners', async () => {
    const { pools } = await loadEnvironment('prod');

    expect(new Set(pools.map(({ owner }) => owner)).size).toBe(pools.length);
  });
});

test('writes nothing when a guardrail is broken', async () => {
  const environment = { ...(await loadEnvironment('local')), name: 'broken', owner: '' };
  const triggerDirectory = findTriggerDirectory();

  expect(() => synthesizeEnvironment(environment, { triggerDirectory, outputDirectory })).toThrow(
    expect.objectContaining({ code: 'ERR_INFRA_GUARDRAILS_BROKEN' }),
  );

  expect(existsSync(join(outputDirectory, 'stacks', 'broken-claims'))).toBe(false);
});
