import { expect, test } from '@jest/globals';
import { contract } from '../test/fixtures.ts';
import { defineContract } from './contract-definition.ts';
import { toJsonSchema } from './json-schema.ts';

test('the schema of a contract names its dialect, its claims and what it requires', () => {
  const schema = toJsonSchema(contract);

  expect(schema).toMatchObject({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    required: ['environment'],
  });
  expect(Object.keys(Object(schema['properties']))).toEqual(Object.keys(contract));
});

test('every rule has its keyword', () => {
  const rules = defineContract({
    tier: { type: 'string', values: ['a', 'b'], description: 'A plan.' },
    code: { type: 'string', pattern: 'x|y', maxLength: 3, description: 'A code.' },
    amount: { type: 'number', min: 1, max: 2, description: 'An amount.' },
    counts: { type: 'number[]', integer: true, minItems: 1, maxItems: 2, description: 'Counts.' },
    flag: { type: 'boolean', description: 'A flag.' },
    open: { type: 'object', description: 'Anything.' },
    limits: {
      type: 'object',
      description: 'Limits.',
      members: { perMinute: { type: 'number', required: true }, note: { type: 'string' } },
    },
  });

  expect(toJsonSchema(rules)['properties']).toEqual({
    tier: { type: 'string', enum: ['a', 'b'], description: 'A plan.' },
    code: { type: 'string', pattern: '^(?:x|y)$', maxLength: 3, description: 'A code.' },
    amount: { type: 'number', minimum: 1, maximum: 2, description: 'An amount.' },
    counts: {
      type: 'array',
      items: { type: 'integer' },
      minItems: 1,
      maxItems: 2,
      description: 'Counts.',
    },
    flag: { type: 'boolean', description: 'A flag.' },
    open: { type: 'object', description: 'Anything.' },
    limits: {
      type: 'object',
      description: 'Limits.',
      properties: { perMinute: { type: 'number' }, note: { type: 'string' } },
      required: ['perMinute'],
    },
  });
});

test('the schema of a pool requires what that pool requires', () => {
  const byPool = defineContract({
    tenant: { type: 'string', description: 'A tenant.', required: ['payments'] },
  });

  expect(toJsonSchema(byPool)['required']).toEqual([]);
  expect(toJsonSchema(byPool, { poolName: 'payments' })['required']).toEqual(['tenant']);
});
