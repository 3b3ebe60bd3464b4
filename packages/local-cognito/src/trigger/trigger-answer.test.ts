import { expect, test } from '@jest/globals';
import { DEFAULT_BEHAVIOUR } from '../model/behaviour.ts';
import { readTriggerAnswer } from './trigger-answer.ts';

/** An answer of the right shape, around the given override details. */
function anAnswer(details: unknown): string {
  return JSON.stringify({
    version: '3',
    triggerSource: 'TokenGeneration_ClientCredentials',
    region: 'eu-central-1',
    userPoolId: 'pool-1',
    callerContext: {},
    response: { claimsAndScopeOverrideDetails: details },
  });
}

test.each([
  ['null', null],
  ['an empty object', {}],
  ['no access token part', { idTokenGeneration: { claimsToAddOrOverride: { a: 1 } } }],
  ['an empty access token part', { accessTokenGeneration: null }],
])('%s changes nothing', (_name, details) => {
  expect(readTriggerAnswer(anAnswer(details), DEFAULT_BEHAVIOUR)).toEqual({
    ok: true,
    value: {
      claimsToAddOrOverride: {},
      claimsToSuppress: [],
      scopesToAdd: [],
      scopesToSuppress: [],
    },
  });
});

test.each([['text'], [1], [true], [['a', 'b']], [{ a: { b: [1, null] } }]])(
  'a claim may be %j',
  (value) => {
    const answer = anAnswer({ accessTokenGeneration: { claimsToAddOrOverride: { claim: value } } });

    expect(readTriggerAnswer(answer, DEFAULT_BEHAVIOUR)).toMatchObject({
      value: { claimsToAddOrOverride: { claim: value } },
    });
  },
);

test.each([[null], [[[1]]], [[{ a: 1 }]]])(
  'a claim of %j may be kept or make the answer invalid',
  (value) => {
    const answer = anAnswer({ accessTokenGeneration: { claimsToAddOrOverride: { claim: value } } });
    const kept = { ...DEFAULT_BEHAVIOUR, unusualClaimValues: 'keep' } as const;

    expect(readTriggerAnswer(answer, DEFAULT_BEHAVIOUR)).toMatchObject({ ok: false });
    expect(readTriggerAnswer(answer, kept)).toMatchObject({
      value: { claimsToAddOrOverride: { claim: value } },
    });
  },
);

test.each([
  ['a claim of null', { claimsToAddOrOverride: { claim: null } }],
  ['a claim of nested lists', { claimsToAddOrOverride: { claim: [[1]] } }],
  ['claims that are a string', { claimsToAddOrOverride: 'text' }],
  ['names that are not a list', { claimsToSuppress: 'sub' }],
  ['scopes that are numbers', { scopesToAdd: [1] }],
  ['scopes that are an object', { scopesToSuppress: {} }],
])('%s makes the answer invalid', (_name, accessTokenGeneration) => {
  expect(readTriggerAnswer(anAnswer({ accessTokenGeneration }), DEFAULT_BEHAVIOUR)).toMatchObject({
    ok: false,
  });
});

test('the failure names the field that the answer lacks', () => {
  expect(readTriggerAnswer('{"version":"3"}', DEFAULT_BEHAVIOUR)).toEqual({
    ok: false,
    failure: { kind: 'malformed-answer', message: 'the answer has no "triggerSource"' },
  });
});
