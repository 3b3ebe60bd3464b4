import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { listEnvironments, loadEnvironment, validateEnvironment } from '@cognito-m2m/environment';
import { anEnvironment, FIXTURE_ENVIRONMENTS } from '@cognito-m2m/environment/fixtures';
import { afterAll, describe, expect, test } from '@jest/globals';
import { findTriggerDirectory, synthesizeEnvironment } from './app.ts';
import type { StackConfig } from './stack-config.ts';

const outputDirectory = mkdtempSync(join(tmpdir(), 'm2m-synth-'));
afterAll(() => rmSync(outputDirectory, { recursive: true }));

async function loadAll() {
  const directory = FIXTURE_ENVIRONMENTS;
  const names = await listEnvironments({ directory });
  return Promise.all(names.map((name) => loadEnvironment(name, { contract, directory })));
}

const options = { triggerDirectory: findTriggerDirectory(), outputDirectory };

describe('environment files', () => {
  test('environment files synthesize, each into stacks of its own', async () => {
    const environments = await loadAll();

    const stackNames = environments.flatMap((environment) => [
      ...synthesizeEnvironment(environment, options).keys(),
    ]);

    expect(environments.length).toBeGreaterThan(0);
    expect(stackNames).toEqual([...new Set(stackNames)]);
    for (const name of stackNames) {
      expect(existsSync(join(outputDirectory, 'stacks', name, 'cdk.tf.json'))).toBe(true);
    }
  });

  test('environment files use no domain prefix twice in a Region, where prefixes are unique', async () => {
    const domains = (await loadAll()).flatMap(({ region, pools }) =>
      pools.map(({ domainPrefix }) => `${domainPrefix}.auth.${region}`),
    );

    expect(domains).toEqual([...new Set(domains)]);
  });

  test('environment files name the account of an S3 state', async () => {
    for (const { name, state, accountId } of await loadAll()) {
      if (state.type === 's3')
        expect([name, state.kmsKeyArn.split(':')[4]]).toEqual([name, accountId]);
    }
  });
});

test('synthesizeEnvironment writes nothing when a guardrail is broken', () => {
  const environment = {
    ...validateEnvironment(contract, anEnvironment()),
    name: 'broken',
    owner: '',
  };

  expect(() => synthesizeEnvironment(environment, options)).toThrow(
    expect.objectContaining({ code: 'ERR_INFRA_GUARDRAILS_BROKEN' }),
  );

  expect(existsSync(join(outputDirectory, 'stacks', 'broken-claims'))).toBe(false);
});

describe('protection from deletion', () => {
  const isProtected = (stacks: ReadonlyMap<string, StackConfig>, name: string) =>
    JSON.stringify(stacks.get(`${name}-claims`)).includes('"deletion_protection_enabled":true');

  test.each(['local', 'trial', 'trial-ada'])(
    'protection is left out where %s asks for it',
    (name) => {
      const environment = validateEnvironment(
        contract,
        anEnvironment({ name, isDisposable: true }),
      );

      expect(isProtected(synthesizeEnvironment(environment, options), name)).toBe(false);
    },
  );

  test.each(['dev', 'prod', 'trials', 'local-2', 'my-trial'])(
    'protection is required for %s',
    (name) => {
      const environment = validateEnvironment(
        contract,
        anEnvironment({ name, isDisposable: true }),
      );

      expect(() => synthesizeEnvironment(environment, options)).toThrow(
        expect.objectContaining({
          code: 'ERR_INFRA_GUARDRAILS_BROKEN',
          message: expect.stringContaining('may be deleted'),
        }),
      );
    },
  );

  test('protection is removed for the run that retires the environment', () => {
    const environment = validateEnvironment(contract, anEnvironment({ name: 'dev' }));

    const retired = synthesizeEnvironment(environment, { ...options, isRetired: true });

    expect(isProtected(retired, 'dev')).toBe(false);
    expect(isProtected(synthesizeEnvironment(environment, options), 'dev')).toBe(true);
  });
});

test('synthesizeEnvironment copies the import blocks of a stack, and removes them when they are gone', () => {
  const importsDirectory = mkdtempSync(join(tmpdir(), 'm2m-imports-'));
  const environment = validateEnvironment(contract, anEnvironment());
  const copied = join(outputDirectory, 'stacks', 'test-pool-payments', 'imports.tf');
  const blocks =
    'import {\n  to = aws_cognito_user_pool_client.client["billing-worker"]\n  id = "a/b"\n}\n';
  writeFileSync(join(importsDirectory, 'test-pool-payments.tf'), blocks);

  const clients = () =>
    synthesizeEnvironment(environment, { ...options, importsDirectory }).get('test-pool-payments')
      ?.locals?.['clients'];
  const imported = clients();
  const text = readFileSync(copied, 'utf8');
  rmSync(importsDirectory, { recursive: true });

  expect(clients()).toMatchObject({ 'billing-worker': { generate_secret: true } });
  expect(imported).toEqual({
    'billing-worker': expect.not.objectContaining({ generate_secret: true }),
  });
  expect(text).toBe(blocks);
  expect(existsSync(copied)).toBe(false);
});
