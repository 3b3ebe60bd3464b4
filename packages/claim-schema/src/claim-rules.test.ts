import { describe, expect, test } from '@jest/globals';
import { checkClaimName, checkClaims, checkClaimValue } from './claim-rules.ts';
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
  ])('a claim value of %s fits: %j', (name, value) => {
    expect(checkClaimValue(contract, name, value, 'claims')).toBeUndefined();
  });

  test.each([
    ['other', 'admin', { problem: '"other" is not in the claim contract' }],
    ['toString', 'admin', { problem: '"toString" is not in the claim contract' }],
    ['role', 1, { problem: 'wrong type', got: 'number', expected: 'string' }],
    ['role', 'root', { problem: 'value not allowed', expected: 'one of admin, viewer' }],
    [
      'flags',
      ['a', 'c'],
      { path: 'claims.x[1]', problem: 'value not allowed', expected: 'one of a, b' },
    ],
    ['level', 3, { problem: 'value not allowed', expected: 'one of 1, 2' }],
    [
      'owner',
      'a team ',
      { problem: 'not gateway-safe', expected: 'a string without leading or trailing spaces' },
    ],
    ['owner', ' a team', { problem: 'not gateway-safe' }],
    ['level', '1', { problem: 'wrong type', got: 'string', expected: 'number' }],
  ])('a claim value of %s does not fit and is not quoted: %j', (name, value, fault) => {
    expect(checkClaimValue(contract, name, value, 'claims.x')).toMatchObject({
      path: 'claims.x',
      ...fault,
    });
  });

  test('a claim value of an undeclared name is answered with the declared ones', () => {
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

describe('claims that are about to be written', () => {
  const limits = defineContract({
    note: { type: 'string', description: 'A note.' },
    permissions: { type: 'string[]', description: 'Permissions.' },
    limits: { type: 'object', description: 'Limits.' },
    size: { type: 'number', description: 'A size.' },
  });

  test.each([
    ['a composed string', { note: 'Caf\u00e9' }],
    ['a list with inner spaces', { permissions: ['read all'] }],
    ['the smallest number that DynamoDB stores', { size: 1e-130 }],
    ['zero', { size: 0 }],
    ['a member named like a member of Object', { limits: { constructor: 1, toString: 'x' } }],
  ])('claims that are about to be written may hold %s', (_, claims) => {
    expect(checkClaims(limits, claims, 'claims')).toEqual([]);
  });

  test.each<[string, object, string]>([
    ['a decomposed string', { note: 'Cafe\u0301' }, 'claims.note'],
    ['an Angstrom sign', { note: '\u212b' }, 'claims.note'],
    ['half of a surrogate pair', { note: 'a\ud83d' }, 'claims.note'],
    ['a decomposed element', { permissions: ['a', 'e\u0301'] }, 'claims.permissions[1]'],
    ['an element with a leading space', { permissions: ['a', ' b'] }, 'claims.permissions[1]'],
    ['an element with a trailing tab', { permissions: ['a\t'] }, 'claims.permissions[0]'],
    ['an element with a control character', { permissions: ['a\u0000b'] }, 'claims.permissions[0]'],
    [
      'an element with a no-break space at its end',
      { permissions: ['a\u00a0'] },
      'claims.permissions[0]',
    ],
    ['an empty element', { permissions: [''] }, 'claims.permissions[0]'],
    [
      'an element of a list inside an object',
      { limits: { hosts: ['a '] } },
      'claims.limits.hosts[0]',
    ],
    ['a member without a name', { limits: { '': 1 } }, 'claims.limits[""]'],
    ['a nested member without a name', { limits: { a: [{ '': 1 }] } }, 'claims.limits.a[0][""]'],
    ['a member with a decomposed name', { limits: { 'e\u0301': 1 } }, 'claims.limits["é"]'],
    ['a decomposed string inside an object', { limits: { a: 'e\u0301' } }, 'claims.limits.a'],
    ['a number closer to 0 than DynamoDB stores', { size: 1e-131 }, 'claims.size'],
    ['the smallest number of JavaScript', { size: 5e-324 }, 'claims.size'],
    ['such a number inside an object', { limits: { a: 1e-200 } }, 'claims.limits'],
  ])('claims that are about to be written may not hold %s', (_, claims, path) => {
    const faults = checkClaims(limits, claims as never, 'claims');

    expect(faults.map((fault) => fault.path.normalize('NFC'))).toEqual([path.normalize('NFC')]);
  });

  test('claims that are about to be written may not hold a secret where secrets are checked', () => {
    const claims = { note: 'AKIAABCDEFGHIJKLMNOP' };

    expect(checkClaims(limits, claims, 'claims')).toEqual([]);
    expect(checkClaims(limits, claims, 'claims', { secrets: true })).toMatchObject([
      { path: 'claims.note', got: 'an AWS access key id' },
    ]);
  });
});

test('checkClaims refuses a claim that only a verified user token can set, whatever its value', () => {
  const verified = defineContract({
    on_behalf_of: { type: 'string', description: 'The user.', verified: true },
    team: { type: 'string', description: 'The team.' },
  });

  expect(checkClaims(verified, { on_behalf_of: 'user-1', team: 'a' }, 'claims')).toMatchObject([
    { path: 'claims.on_behalf_of', problem: 'only a verified user token can set "on_behalf_of"' },
  ]);
});

test.each([
  [true, ['looks like a secret, and everyone who holds a token can read its claims']],
  [false, []],
])('checkClaims with secrets: %p gives the faults %j for a private key', (secrets, problems) => {
  // Put together at run time, so that no scanner takes this file for a leak.
  const note = ['-----BEGIN ', 'PRIVATE KEY-----'].join('');
  const claims = { note, owner: 'a team' };

  const faults = checkClaims(contract, claims, 'claims', { secrets });

  expect(faults.map(({ problem }) => problem)).toEqual(problems);
  expect(JSON.stringify(faults)).not.toContain('BEGIN');
});
