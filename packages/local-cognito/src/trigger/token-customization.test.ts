import { expect, test } from '@jest/globals';
import { DEFAULT_BEHAVIOUR } from '../model/behaviour.ts';
import { type Customization, customizeToken } from '../tokens/issue-token.ts';
import type { TokenChanges } from './trigger-answer.ts';
import type { TriggerFailure } from './trigger-call.ts';

const CLIENT_ID = 'client-1';

/** Changes nothing by default. */
function someChanges(changes: Partial<TokenChanges> = {}): TokenChanges {
  return {
    claimsToAddOrOverride: {},
    claimsToSuppress: [],
    scopesToAdd: [],
    scopesToSuppress: [],
    ...changes,
  };
}

function customize(changes: Partial<TokenChanges>, behaviour = {}): Customization | TriggerFailure {
  const outcome = customizeToken(someChanges(changes), ['a/read', 'a/write'], CLIENT_ID, {
    ...DEFAULT_BEHAVIOUR,
    ...behaviour,
  });
  return outcome.ok ? outcome.value : outcome.failure;
}

const REFUSED = { kind: 'malformed-answer' };

test.each(['sub', 'client_id', 'scope', 'version', 'iss', 'exp', 'cognito:groups', 'dev:x'])(
  'a reserved claim stays as it is: %s',
  (name) => {
    const claimsToAddOrOverride = { [name]: 'forged', tier: 'free' };

    expect(customize({ claimsToAddOrOverride })).toMatchObject({
      claims: { tier: 'free' },
      ignoredClaims: [name],
    });
    expect(customize({ claimsToAddOrOverride }, { reservedClaims: 'fail' })).toMatchObject(REFUSED);
  },
);

test.each([
  [CLIENT_ID, { aud: CLIENT_ID }, []],
  ['another', {}, ['aud']],
])('aud may only be the client id: %s', (aud, claims, ignoredClaims) => {
  expect(customize({ claimsToAddOrOverride: { aud } })).toMatchObject({ claims, ignoredClaims });
});

test('a suppressed claim is gone even if it is added', () => {
  const changes = { claimsToAddOrOverride: { a: 1, b: 2 }, claimsToSuppress: ['a'] };

  expect(customize(changes)).toMatchObject({ claims: { b: 2 } });
});

test.each([
  ['sub', ['sub']],
  ['aud', ['aud']],
  ['dev:x', []],
])('only some reserved names may be suppressed: %s', (name, ignoredClaims) => {
  expect(customize({ claimsToSuppress: [name] })).toMatchObject({ ignoredClaims });
});

test('aud stays even if it is suppressed', () => {
  const changes = { claimsToAddOrOverride: { aud: CLIENT_ID }, claimsToSuppress: ['aud'] };

  expect(customize(changes)).toMatchObject({ claims: { aud: CLIENT_ID } });
});

test('a claim named __proto__ is data', () => {
  const claimsToAddOrOverride = JSON.parse('{"__proto__":"x"}');

  const result = customize({ claimsToAddOrOverride });

  expect(Object.keys('claims' in result ? result.claims : {})).toEqual(['__proto__']);
});

test('added scopes follow the granted ones, each once', () => {
  expect(customize({ scopesToAdd: ['b/x', 'a/read'] })).toMatchObject({
    scopes: ['a/read', 'a/write', 'b/x'],
  });
});

test('a suppressed scope is gone even if it is added', () => {
  expect(customize({ scopesToAdd: ['b/x'], scopesToSuppress: ['b/x', 'a/write'] })).toMatchObject({
    scopes: ['a/read'],
  });
});

test.each(['', 'two scopes', 'tab\there'])(
  'a malformed scope is refused or left out: %j',
  (scope) => {
    expect(customize({ scopesToAdd: [scope] })).toMatchObject(REFUSED);
    expect(customize({ scopesToAdd: [scope] }, { malformedScopes: 'ignore' })).toMatchObject({
      scopes: ['a/read', 'a/write'],
    });
  },
);

test.each([
  [5000, 'fail', true],
  [5001, 'fail', false],
  [5001, 'ignore', true],
])('%i changes with tooManyChanges %s are accepted: %s', (count, tooManyChanges, isAccepted) => {
  const names = Array.from({ length: count - 3 }, (_, index) => `c${index}`);

  const changes = {
    claimsToAddOrOverride: Object.fromEntries(names.map((name) => [name, true])),
    claimsToSuppress: ['x'],
    scopesToAdd: ['b/x'],
    scopesToSuppress: ['a/read'],
  };

  const result = customize(changes, { tooManyChanges });

  expect('claims' in result).toBe(isAccepted);
});
