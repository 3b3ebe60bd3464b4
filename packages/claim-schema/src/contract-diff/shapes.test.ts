import { expect, test } from '@jest/globals';
import { type Contract, defineContract } from '../contract-definition.ts';
import { digestContract } from './shapes.ts';

const values = ['free', 'premium'] as const;
const description = 'What is paid for.';
const tier = { type: 'string', values, description } as const;
const region = { type: 'string', description: 'Where.' } as const;

test('the digest of a contract is the same however it is written down', () => {
  const written = digestContract(defineContract({ tier, region }));
  const other = {
    description: 'Another text.',
    values: ['premium', 'free'],
    type: 'string',
  } as const;

  expect(digestContract(defineContract({ region, tier: other }))).toBe(written);
});

test.each([
  ['another value', { tier: { ...tier, values: ['free'] }, region }],
  ['another type', { tier, region: { ...region, type: 'string[]' } }],
  ['another limit', { tier: { ...tier, maxLength: 9 }, region }],
  ['a pool that requires it', { tier: { ...tier, required: ['payments'] }, region }],
  ['one claim fewer', { tier }],
  ['one claim more', { tier, region, again: region }],
])('the digest of a contract with %s is another one', (_what, changed) => {
  const marks = [{ tier, region }, changed].map((one) => digestContract(one as Contract));

  expect(new Set(marks).size).toBe(2);
  expect(marks.every((mark) => /^[0-9a-f]{16}$/.test(mark))).toBe(true);
});
