import { describe, expect, test } from '@jest/globals';
import { DEFAULT_BEHAVIOUR } from '../behaviour.ts';
import { customizeToken } from './token-customization.ts';
import type { TokenChanges } from './trigger-answer.ts';

const CLIENT_ID = 'client-1';

/** Changes nothing unless told otherwise. */
function someChanges(changes: Partial<TokenChanges> = {}): TokenChanges {
  return {
    claimsToAddOrOverride: {},
    claimsToSuppress: [],
    scopesToAdd: [],
    scopesToSuppress: [],
    ...changes,
  };
}

function customize(changes: Partial<TokenChanges>, behaviour = {}) {
  return customizeToken(someChanges(changes), ['a/read', 'a/write'], CLIENT_ID, {
    ...DEFAULT_BEHAVIOUR,
    ...behaviour,
  });
}

describe('claims', () => {
  test.each(['sub', 'client_id', 'scope', 'version', 'iss', 'exp', 'cognito:groups', 'dev:x'])(
    'named %s stay as they are',
    (name) => {
      const claimsToAddOrOverride = { [name]: 'forged', tier: 'free' };

      expect(customize({ claimsToAddOrOverride })).toMatchObject({
        claims: { tier: 'free' },
        ignoredClaims: [name],
      });
      expect(customize({ claimsToAddOrOverride }, { reservedClaims: 'fail' })).toMatchObject({
        isAccepted: false,
      });
    },
  );

  test.each([
    [CLIENT_ID, { aud: CLIENT_ID }, []],
    ['another', {}, ['aud']],
  ])('named aud may hold the client id alone: %s', (aud, claims, ignoredClaims) => {
    expect(customize({ claimsToAddOrOverride: { aud } })).toMatchObject({ claims, ignoredClaims });
  });

  test('that are suppressed are gone although they are added', () => {
    const changes = { claimsToAddOrOverride: { a: 1, b: 2 }, claimsToSuppress: ['a'] };

    expect(customize(changes)).toMatchObject({ claims: { b: 2 } });
  });

  test.each([
    ['sub', ['sub']],
    ['aud', ['aud']],
    ['dev:x', []],
  ])('named %s may be suppressed or not', (name, ignoredClaims) => {
    expect(customize({ claimsToSuppress: [name] })).toMatchObject({ ignoredClaims });
  });

  test('named aud stay although they are suppressed', () => {
    const changes = { claimsToAddOrOverride: { aud: CLIENT_ID }, claimsToSuppress: ['aud'] };

    expect(customize(changes)).toMatchObject({ claims: { aud: CLIENT_ID } });
  });

  test('named __proto__ are data', () => {
    const claimsToAddOrOverride = JSON.parse('{"__proto__":"x"}');

    const result = customize({ claimsToAddOrOverride });

    expect(Object.keys('claims' in result ? result.claims : {})).toEqual(['__proto__']);
  });
});

describe('scopes', () => {
  test('are added after the granted ones, each once', () => {
    expect(customize({ scopesToAdd: ['b/x', 'a/read'] })).toMatchObject({
      scopes: ['a/read', 'a/write', 'b/x'],
    });
  });

  test('that are suppressed are gone although they are added', () => {
    expect(customize({ scopesToAdd: ['b/x'], scopesToSuppress: ['b/x', 'a/write'] })).toMatchObject(
      { scopes: ['a/read'] },
    );
  });

  test.each(['', 'two scopes', 'tab\there'])('spelled %j are refused or left out', (scope) => {
    expect(customize({ scopesToAdd: [scope] })).toMatchObject({ isAccepted: false });
    expect(customize({ scopesToAdd: [scope] }, { malformedScopes: 'ignore' })).toMatchObject({
      scopes: ['a/read', 'a/write'],
    });
  });
});

test.each([
  [5000, 'fail', true],
  [5001, 'fail', false],
  [5001, 'ignore', true],
])('%i changes with a limit that may %s are accepted: %s', (count, tooManyChanges, isAccepted) => {
  const names = Array.from({ length: count - 3 }, (_, index) => `c${index}`);

  const changes = {
    claimsToAddOrOverride: Object.fromEntries(names.map((name) => [name, true])),
    claimsToSuppress: ['x'],
    scopesToAdd: ['b/x'],
    scopesToSuppress: ['a/read'],
  };

  const result = customize(changes, { tooManyChanges });

  expect(result.isAccepted).toBe(isAccepted);
});
