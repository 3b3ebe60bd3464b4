import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { listEnvironments, loadEnvironment, validateEnvironment } from '@cognito-m2m/environment';
import { anEnvironment, FIXTURE_ENVIRONMENTS } from '@cognito-m2m/environment/fixtures';
import { afterAll, describe, expect, test } from '@jest/globals';
import { synthesizeEnvironment } from './app.ts';
import type { StackConfig } from './stack-config.ts';
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
    const environment = await loadEnvironment(name, { contract, directory: FIXTURE_ENVIRONMENTS });

    const stacks = synthesizeEnvironment(environment, { triggerDirectory, outputDirectory });

    expect([...stacks.keys()]).toEqual(stackNames);
    for (const stackName of stackNames) {
      expect(existsSync(join(outputDirectory, 'stacks', stackName, 'cdk.tf.json'))).toBe(true);
    }
  });

  test('are all tried here', async () => {
    await expect(listEnvironments()).resolves.toEqual(['dev', 'local', 'prod', 'staging']);
  });

  test('name no domain prefix twice in a Region, in which prefixes are unique', async () => {
    const environments = await Promise.all(
      (await listEnvironments()).map((name) =>
        loadEnvironment(name, { contract, directory: FIXTURE_ENVIRONMENTS }),
      ),
    );
    const domains = environments.flatMap(({ region, pools }) =>
      pools.map(({ domainPrefix }) => `${domainPrefix}.auth.${region}`),
    );

    expect(domains).toEqual([...new Set(domains)]);
  });

  test('whose state is in an account name that account', async () => {
    for (const name of await listEnvironments()) {
      const { state, accountId } = await loadEnvironment(name, {
        contract,
        directory: FIXTURE_ENVIRONMENTS,
      });
      if (state.type === 's3')
        expect([name, state.kmsKeyArn.split(':')[4]]).toEqual([name, accountId]);
    }
  });

  test('give production pools of different owners', async () => {
    const { pools } = await loadEnvironment('prod', { contract, directory: FIXTURE_ENVIRONMENTS });

    expect(new Set(pools.map(({ owner }) => owner)).size).toBe(pools.length);
  });
});

test('writes nothing when a guardrail is broken', async () => {
  const environment = {
    ...(await loadEnvironment('local', { contract, directory: FIXTURE_ENVIRONMENTS })),
    name: 'broken',
    owner: '',
  };
  const triggerDirectory = findTriggerDirectory();

  expect(() => synthesizeEnvironment(environment, { triggerDirectory, outputDirectory })).toThrow(
    expect.objectContaining({ code: 'ERR_INFRA_GUARDRAILS_BROKEN' }),
  );

  expect(existsSync(join(outputDirectory, 'stacks', 'broken-claims'))).toBe(false);
});

describe('protection from deletion', () => {
  const options = { triggerDirectory: findTriggerDirectory(), outputDirectory };
  const isProtected = (stacks: ReadonlyMap<string, StackConfig>, name: string) =>
    JSON.stringify(stacks.get(`${name}-claims`)).includes('"deletion_protection_enabled":true');

  test.each(['local', 'trial', 'trial-ada'])('is left out where %s says so', (name) => {
    const environment = validateEnvironment(contract, anEnvironment({ name, isDisposable: true }));

    expect(isProtected(synthesizeEnvironment(environment, options), name)).toBe(false);
  });

  test.each(['dev', 'prod', 'trials', 'local-2', 'my-trial'])('%s can not do without', (name) => {
    const environment = validateEnvironment(contract, anEnvironment({ name, isDisposable: true }));

    expect(() => synthesizeEnvironment(environment, options)).toThrow(
      expect.objectContaining({
        code: 'ERR_INFRA_GUARDRAILS_BROKEN',
        message: expect.stringContaining('may be deleted'),
      }),
    );
  });

  test('goes at the end of an environment, for the run that says so', () => {
    const environment = validateEnvironment(contract, anEnvironment({ name: 'dev' }));

    const retired = synthesizeEnvironment(environment, { ...options, isRetired: true });

    expect(isProtected(retired, 'dev')).toBe(false);
    expect(isProtected(synthesizeEnvironment(environment, options), 'dev')).toBe(true);
  });
});
