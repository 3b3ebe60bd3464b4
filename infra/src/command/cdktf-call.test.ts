import { describe, expect, test } from '@jest/globals';
import { toCdktfCall } from './cdktf-call.ts';

const KNOWN = ['dev', 'dev-eu', 'prod'];

describe('toCdktfCall', () => {
  test.each([
    ["deploy 'dev-*'", ['deploy', 'dev-*'], 'dev'],
    ['deploy dev-claims', ['deploy', 'dev-claims'], 'dev'],
    ['deploy dev-claims dev-pool-a', ['deploy', 'dev-claims', 'dev-pool-a'], 'dev'],
    ["deploy 'dev-eu-*'", ['deploy', 'dev-eu-*'], 'dev-eu'],
    ['diff dev-pool-payments', ['diff', 'dev-pool-payments'], 'dev'],
    ["destroy 'prod-*' --auto-approve", ['destroy', 'prod-*', '--auto-approve'], 'prod'],
  ])('takes %s as it is', (_, words, environment) => {
    expect(toCdktfCall(words, KNOWN)).toEqual({ environment, args: words });
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
    [['deploy']],
    [['deploy', '*']],
    [['deploy', 'dev-*', 'prod-*']],
    [['deploy', 'stage-*']],
    [['synth']],
    [['synth', 'stage']],
    [[]],
  ])('refuses %p, which names no environment, an unknown one or two', (words) => {
    expect(() => toCdktfCall(words, KNOWN)).toThrow(
      expect.objectContaining({
        code: 'ERR_INFRA_ENVIRONMENT_UNNAMED',
        message: expect.stringContaining('known: dev, dev-eu, prod'),
      }),
    );
  });
});
