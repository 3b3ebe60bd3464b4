import { describe, expect, test } from '@jest/globals';
import { checkClaimName, checkClaims, checkClaimValue, requiredClaimNames } from './claim-rules.ts';
import { defineContract } from './contract-definition.ts';

const contract = defineContract({
  role: { type: 'string', values: ['admin', 'viewer'], description: 'A role.', required: true },
  flags: { type: 'string[]', values: ['a', 'b'], description: 'Flags.' },
  level: { type: 'number', values: [1, 2], description: 'A level.' },
  owner: { type: 'string', description: 'An owner.', gatewaySafe: true },
  note: { type: 'string', description: 'A note.' },
  size: { type: 'number', description: 'A size.' },
});

describe('a claim value', () => {
  test.each([
    ['role', 'admin'],
    ['flags', []],
    ['flags', ['a', 'b', 'a']],
    ['level', 2],
    ['owner', 'a team'],
    ['note', ' a note '],
    ['size', 5],
  ])('of %s fits: %j', (name, value) => {
    expect(checkClaimValue(contract, name, value, 'claims')).toBeUndefined();
  });

  test.each([
    ['other', 'admin', { problem: '"other" is not in the claim contract' }],
    ['toString', 'admin', { problem: '"toString" is not in the claim contract' }],
    ['role', 1, { problem: 'wrong type', got: 'number', expected: 'string' }],
    ['role', 'root', { problem: 'value not allowed', expected: 'one of admin, viewer' }],
    ['flags', ['a', 'c'], { problem: 'value not allowed', expected: 'one of a, b' }],
    ['level', 3, { problem: 'value not allowed', expected: 'one of 1, 2' }],
    [
      'owner',
      'a team ',
      { problem: 'not gateway-safe', expected: 'a text without blanks at its ends' },
    ],
    ['owner', ' a team', { problem: 'not gateway-safe' }],
    ['level', '1', { problem: 'wrong type', got: 'string', expected: 'number' }],
  ])('of %s does not fit and is not quoted: %j', (name, value, fault) => {
    expect(checkClaimValue(contract, name, value, 'claims.x')).toMatchObject({
      path: 'claims.x',
      ...fault,
    });
  });

  test('of an undeclared name is answered with the declared ones', () => {
    expect(checkClaimValue(contract, 'other', 1, 'x')?.expected).toBe(
      'one of role, flags, level, owner, note, size',
    );
  });
});

describe('a claim name', () => {
  test.each(['role', 'custom:role', 'subject', '__proto__'])('%s is free', (name) => {
    expect(checkClaimName(name, 'x')).toBeUndefined();
  });

  test.each(['sub', 'scope', 'cognito:username', 'dev:x'])('%s is not', (name) => {
    expect(checkClaimName(name, 'claims')).toEqual({
      path: 'claims',
      problem: `"${name}" is reserved by Amazon Cognito`,
      expected: 'another name',
    });
  });

  test('aud is not either: no client id is known when a record is written', () => {
    expect(checkClaimName('aud', 'claims')).toEqual({
      path: 'claims',
      problem: '"aud" can hold only the app client id, which is not known yet',
    });
  });
});

test('a map of claims is answered with every fault', () => {
  const faults = checkClaims(contract, { role: 'admin', sub: 'x', level: 3, 'a.b': 1 }, 'claims');

  expect(faults.map(({ path }) => path)).toEqual(['claims.sub', 'claims.level', 'claims["a.b"]']);
});

test('the required claims are those that say so', () => {
  expect(requiredClaimNames(contract)).toEqual(['role']);
});
