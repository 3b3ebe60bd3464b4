import { expect, test } from '@jest/globals';
import { transform } from 'esbuild';
import { parse } from 'yaml';
import { type PrintFormat, writeOwnerCode } from './owner-code.ts';

const code = {
  userPoolId: 'eu-central-1_AbC123XyZ',
  triggerArn:
    'arn:aws:lambda:eu-central-1:123456789012:function:m2m-prod-pre-token-generation:live',
};

test.each<PrintFormat>(['cloudformation', 'sam'])('the lines for %s are YAML', (format) => {
  expect(parse(writeOwnerCode(format, code))).toEqual({
    LambdaConfig: {
      PreTokenGenerationConfig: { LambdaArn: code.triggerArn, LambdaVersion: 'V3_0' },
    },
  });
});

test('the lines for cdk override what the construct says, and nothing else', async () => {
  const { code: javascript } = await transform(writeOwnerCode('cdk', code), { loader: 'ts' });
  const calls: unknown[] = [];
  const defaultChild = {
    addPropertyDeletionOverride: (path: string) => calls.push(['delete', path]),
    addPropertyOverride: (path: string, value: unknown) => calls.push(['set', path, value]),
  };

  new Function('userPool', javascript)({ node: { defaultChild } });

  expect(calls).toEqual([
    ['delete', 'LambdaConfig.PreTokenGeneration'],
    [
      'set',
      'LambdaConfig.PreTokenGenerationConfig',
      { LambdaArn: code.triggerArn, LambdaVersion: 'V3_0' },
    ],
  ]);
});

test.each<PrintFormat>(['terraform', 'cdk', 'cloudformation', 'sam'])(
  'the lines for %s say in a comment where they go',
  (format) => {
    const [comment] = writeOwnerCode(format, code).split('\n');

    expect(comment).toMatch(/^(#|\/\/) /);
    expect(comment).toContain(code.userPoolId);
  },
);
