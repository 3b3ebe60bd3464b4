import { defineContract } from '@cognito-m2m/claim-schema';
import { expect, test } from '@jest/globals';
import { createClaimsReader } from './read-claims.ts';

const contract = defineContract({
  limits: {
    type: 'object',
    description: 'Limits.',
    members: {
      perMinute: { type: 'number', required: true, min: 1 },
      burst: { type: 'object', members: { size: { type: 'number' } } },
    },
  },
  tenant: { type: 'string', description: 'A tenant.', required: ['payments'] },
});
const read = createClaimsReader(contract, { reads: ['limits', 'tenant'] });

test('the reader leaves out members that a newer contract has added', () => {
  const limits = { perMinute: 1, later: true, burst: { size: 2, later: 3 } };

  expect(read({ limits })).toEqual({ limits: { perMinute: 1, burst: { size: 2 } } });
});

test.each([
  ['without a required member', { burst: {} }],
  ['with a member outside its range', { perMinute: 0 }],
  ['with a member of another type', { perMinute: '1' }],
])('the reader refuses an object %s', (_, limits) => {
  expect(() => read({ limits })).toThrow(
    expect.objectContaining({ code: 'ERR_TOKEN_CLAIM_INVALID', claim: 'limits' }),
  );
});

test('the reader takes a token without a claim that only some pools require', () => {
  expect(read({})).toEqual({});
});
