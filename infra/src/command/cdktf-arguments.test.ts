import { describe, expect, test } from '@jest/globals';
import { toCdktfArguments } from './cdktf-arguments.ts';
import { readCdktfRequest } from './cdktf-request.ts';

const KNOWN = ['dev', 'dev-eu', 'prod', 'trial'];

describe('what CDKTF is told', () => {
  test.each([
    ["deploy 'dev-*'", ['deploy', 'dev-*'], 'dev'],
    ['deploy dev-claims', ['deploy', 'dev-claims'], 'dev'],
    ['deploy dev-claims dev-pool-a', ['deploy', 'dev-claims', 'dev-pool-a'], 'dev'],
    ["deploy 'dev-eu-*'", ['deploy', 'dev-eu-*'], 'dev-eu'],
    ['diff dev-pool-payments', ['diff', 'dev-pool-payments'], 'dev'],
    ["destroy 'trial-*' --auto-approve", ['destroy', 'trial-*', '--auto-approve'], 'trial'],
  ])('takes %s as it is', (_, words, environment) => {
    expect(toCdktfCall(words, KNOWN)).toEqual({ environment, args: words });
  });

  test.each([undefined, ''])(
    'does not destroy what nobody retired, M2M_RETIRE being %p',
    (M2M_RETIRE) => {
      const destroy = () => toCdktfCall(['destroy', 'prod-pool-a'], KNOWN, { M2M_RETIRE });

      expect(destroy).toThrow(
        expect.objectContaining({
          code: 'ERR_INFRA_DESTROY_PROTECTED',
          message: expect.stringContaining(
            "M2M_RETIRE=prod npx -y pnpm@12 cdktf destroy 'prod-pool-a'",
          ),
        }),
      );
    },
  );

  test.each([
    ['synth', 'dev'],
    ['diff', 'dev-claims'],
    ['deploy', 'trial-*'],
    ['destroy', 'trial-*'],
  ])('runs no %s of %s while prod is said to be at its end', (...words) => {
    expect(() => toCdktfCall(words, KNOWN, { M2M_RETIRE: 'prod' })).toThrow(
      expect.objectContaining({ code: 'ERR_INFRA_RETIRE_MISMATCH' }),
    );
  });

  test('destroys what was retired', () => {
    const words = ['destroy', 'prod-pool-a'];

    expect(toCdktfCall(words, KNOWN, { M2M_RETIRE: 'prod' })).toEqual({
      environment: 'prod',
      args: words,
    });
  });

  test.each([
    '--parallelism',
    '--terraform-parallelism',
    '--var',
    '--var-file',
    '--outputs-file',
    '--output',
    '-o',
    '--app',
    '-a',
    '--log-level',
    '--log-file-directory',
    '--experimental-provider-schema-cache-path',
  ])('takes the word after %s for its value, not for a stack', (option) => {
    for (const options of [[option, 'prod-*'], [`${option}=prod-*`]]) {
      const call = toCdktfCall(['deploy', ...options, 'dev-*', '--auto-approve'], KNOWN);

      expect(call).toEqual({
        environment: 'dev',
        args: ['deploy', 'dev-*', ...options, '--auto-approve'],
      });
    }
  });

  test('puts the stacks first, because every word after --var would be a variable', () => {
    const words = ['deploy', '--var', 'a=b', '--var', 'c=d', 'dev-claims', 'dev-pool-a'];

    expect(toCdktfCall(words, KNOWN).args).toEqual([
      'deploy',
      'dev-claims',
      'dev-pool-a',
      ...['--var', 'a=b', '--var', 'c=d'],
    ]);
  });

  test('leaves the value of an option alone that is called like the environment', () => {
    expect(toCdktfCall(['synth', '--output', 'dev', 'dev'], KNOWN)).toEqual({
      environment: 'dev',
      args: ['synth', '--output', 'dev'],
    });
  });

  test.each(['dev-pool-payments', 'dev-pool-*'])(
    'lets %s deploy without the claims stack',
    (stack) => {
      expect(toCdktfCall(['deploy', stack], KNOWN)).toEqual({
        environment: 'dev',
        args: ['deploy', stack, '--ignore-missing-stack-dependencies'],
      });
    },
  );

  test('takes the name of an environment where CDKTF takes no stack', () => {
    expect(toCdktfCall(['synth', 'dev', '--hcl'], KNOWN)).toEqual({
      environment: 'dev',
      args: ['synth', '--hcl'],
    });
  });

  test.each([
    ['deploy', "deploy 'dev-*'"],
    ['diff', 'diff dev-claims'],
    ['synth', 'synth dev'],
  ])('shows how to call %s', (command, example) => {
    expect(() => toCdktfCall([command], KNOWN)).toThrow(
      `For example: npx -y pnpm@12 cdktf ${example}`,
    );
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
  ])('refuses %p, which names no environment, an unknown one or two', (words) => {
    expect(() => toCdktfCall(words, KNOWN)).toThrow(
      expect.objectContaining({
        code: 'ERR_INFRA_ENVIRONMENT_UNNAMED',
        message: expect.stringContaining('known: dev, dev-eu, prod'),
      }),
    );
  });
});

function toCdktfCall(words: readonly string[], known: readonly string[], variables = {}) {
  const request = readCdktfRequest(words, known);
  return { environment: request.environment, args: toCdktfArguments(request, variables) };
}
