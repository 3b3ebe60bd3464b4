import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { type EnvironmentInput, validateEnvironment } from '@cognito-m2m/environment';
import { anEnvironment, aPool } from '@cognito-m2m/environment/fixtures';
import { describe, expect, test } from '@jest/globals';
import { checkRetirement, readRequest, selectStacks } from './read-request.ts';

const KNOWN = ['dev', 'dev-eu', 'prod', 'trial'];

describe('readRequest', () => {
  test.each([
    ["deploy 'dev-*'", ['deploy', 'dev-*'], 'dev', ['dev-*']],
    ['deploy dev-claims', ['deploy', 'dev-claims'], 'dev', ['dev-claims']],
    [
      'deploy dev-claims dev-pool-a',
      ['deploy', 'dev-claims', 'dev-pool-a'],
      'dev',
      ['dev-claims', 'dev-pool-a'],
    ],
    ["deploy 'dev-eu-*'", ['deploy', 'dev-eu-*'], 'dev-eu', ['dev-eu-*']],
    ['diff dev-pool-payments', ['diff', 'dev-pool-payments'], 'dev', ['dev-pool-payments']],
    ['synth dev', ['synth', 'dev'], 'dev', ['dev-*']],
    ['list dev', ['list', 'dev'], 'dev', ['dev-*']],
    [
      "destroy 'trial-*' --auto-approve",
      ['destroy', 'trial-*', '--auto-approve'],
      'trial',
      ['trial-*'],
    ],
  ])('readRequest reads %s', (_, words, environment, stacks) => {
    expect(readRequest(words, KNOWN)).toMatchObject({ command: words[0], environment, stacks });
  });

  test('readRequest reads every option, wherever it stands', () => {
    const words = [
      ...['--auto-approve', 'deploy', '--parallelism', '2', 'dev-*', '--no-color'],
      ...['--terraform-parallelism=3', '--new-client', 'a', '--new-client', 'b'],
      ...['--migrate-state', '-o', 'elsewhere', '--skip-provider-lock', '--break-tokens', 'shop'],
    ];

    expect(readRequest(words, KNOWN)).toEqual({
      command: 'deploy',
      environment: 'dev',
      stacks: ['dev-*'],
      options: {
        isApproved: true,
        parallelism: 2,
        terraformParallelism: 3,
        newClients: ['a', 'b'],
        brokenPools: ['shop'],
        migratesState: true,
        hasColors: false,
        outputDirectory: 'elsewhere',
      },
    });
  });

  test('readRequest takes the value of an option for no stack', () => {
    expect(readRequest(['synth', '--output', 'prod', 'dev'], KNOWN)).toMatchObject({
      environment: 'dev',
      options: { outputDirectory: 'prod' },
    });
  });

  test.each([
    [['deploy']],
    [['deploy', '*']],
    [['deploy', 'dev-*', 'prod-*']],
    [['deploy', 'stage-*']],
    [['synth']],
    [['synth', 'stage']],
    [['synth', 'dev', 'prod']],
    [['list', 'dev', 'stage']],
  ])('readRequest refuses %j, which names no environment, an unknown one or two', (words) => {
    expect(() => readRequest(words, KNOWN)).toThrow(
      expect.objectContaining({
        code: 'ERR_INFRA_ENVIRONMENT_UNNAMED',
        message: expect.stringContaining('known: dev, dev-eu, prod'),
      }),
    );
  });

  test.each([
    ['deploy', "deploy 'dev-*'"],
    ['diff', 'diff dev-pool-payments'],
    ['synth', 'synth dev'],
  ])('readRequest shows an example of %s when no environment is named', (command, example) => {
    expect(() => readRequest([command], KNOWN)).toThrow(
      `For example: npx -y pnpm@12 cdktf ${example}`,
    );
  });

  test.each([
    [['apply', 'dev'], 'Unknown command "apply". Known: synth, list, diff, deploy, destroy.'],
    [['constructor', 'dev'], 'Unknown command "constructor".'],
    [['deploy', 'dev-*', '--force'], "Unknown option '--force'"],
    [['deploy', 'dev-*', '--parallelism', '0'], '--parallelism is "0"; expected a whole number'],
    [['deploy', 'dev-*', '--parallelism', 'all'], '--parallelism is "all"; expected'],
    [['deploy', 'dev-*', '--terraform-parallelism='], '--terraform-parallelism is ""; expected'],
  ])('readRequest refuses %j', (words, problem) => {
    expect(() => readRequest(words, KNOWN)).toThrow(
      expect.objectContaining({
        code: 'ERR_INFRA_USAGE',
        message: expect.stringContaining(problem),
      }),
    );
  });
});

describe('selectStacks', () => {
  const pools: EnvironmentInput['pools'] = {
    payments: aPool(),
    logistics: aPool({ domainPrefix: 'acme-test-logistics' }),
  };
  const environment = validateEnvironment(contract, anEnvironment({ pools }));
  const ALL = ['test-claims', 'test-pool-payments', 'test-pool-logistics'];

  test.each([
    [['test-*'], ALL],
    [
      ['test-pool-payments', 'test-claims'],
      ['test-claims', 'test-pool-payments'],
    ],
    [['test-pool-pay*'], ['test-pool-payments']],
    [['test-pool-{logistics,payments}'], ['test-pool-payments', 'test-pool-logistics']],
    [['test-claims', 'test-*', 'test-claims'], ALL],
  ])('selectStacks selects %j, the claims stack first', (stacks, selected) => {
    expect(selectStacks({ stacks }, environment)).toEqual(selected);
  });

  test.each([
    [['test'], 'test'],
    [['test-claims', 'test-pool-nope'], 'test-pool-nope'],
    [['test-pool-x*', 'test-*'], 'test-pool-x*'],
  ])('selectStacks refuses %j, which the environment does not have', (stacks, unknown) => {
    expect(() => selectStacks({ stacks }, environment)).toThrow(
      expect.objectContaining({
        code: 'ERR_INFRA_STACK_UNKNOWN',
        message: `No such stack: ${unknown}. Stacks of test: ${ALL.join(', ')}, or 'test-*' for all.`,
      }),
    );
  });
});

describe('checkRetirement', () => {
  const request = (command: 'deploy' | 'destroy', environment: string) => ({
    command,
    environment,
    stacks: [`${environment}-*`],
  });

  test.each([undefined, ''])(
    'checkRetirement refuses to destroy prod with M2M_RETIRE %p',
    (M2M_RETIRE) => {
      expect(() => checkRetirement(request('destroy', 'prod'), { M2M_RETIRE })).toThrow(
        expect.objectContaining({
          code: 'ERR_INFRA_DESTROY_PROTECTED',
          message: expect.stringContaining(
            "M2M_RETIRE=prod npx -y pnpm@12 cdktf deploy 'prod-*', then M2M_RETIRE=prod npx -y pnpm@12 cdktf destroy 'prod-*'",
          ),
        }),
      );
    },
  );

  test.each(['deploy', 'destroy'] as const)(
    'checkRetirement refuses to %s dev while prod retires',
    (command) => {
      expect(() => checkRetirement(request(command, 'dev'), { M2M_RETIRE: 'prod' })).toThrow(
        expect.objectContaining({ code: 'ERR_INFRA_RETIRE_MISMATCH' }),
      );
    },
  );

  test.each([
    ['destroy', 'prod', 'prod', true],
    ['deploy', 'prod', 'prod', true],
    ['deploy', 'prod', undefined, false],
    ['destroy', 'trial', undefined, false],
  ] as const)(
    'checkRetirement lets %s of %s go with M2M_RETIRE %p',
    (command, environment, retired, retires) => {
      const variables = { M2M_RETIRE: retired };

      expect(checkRetirement(request(command, environment), variables)).toBe(retires);
    },
  );
});
