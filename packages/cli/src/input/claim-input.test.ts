import { defineContract } from '@cognito-m2m/claim-schema';
import { describe, expect, test } from '@jest/globals';
import { parseClaims } from './claim-input.ts';

const contract = defineContract({
  text: { type: 'string', description: 'A text.' },
  count: { type: 'number', description: 'A number.' },
  isOn: { type: 'boolean', description: 'A flag.' },
  names: { type: 'string[]', description: 'Texts.' },
  counts: { type: 'number[]', description: 'Numbers.' },
  tree: { type: 'object', description: 'An object.' },
});

describe('a value is read by its type in the contract', () => {
  test.each([
    ['text=true', true, 'true'],
    ['text=a=b', true, 'a=b'],
    ['text=', true, ''],
    ['count=7.5', true, 7.5],
    ['isOn=false', true, false],
    ['names=a,b', true, ['a', 'b']],
    ['names=["a,b"]', true, ['a,b']],
    ['names=', true, []],
    ['counts=1,2', true, [1, 2]],
    ['tree={"a":[1]}', true, { a: [1] }],
    ['count=seven', false, undefined],
    ['counts=1,x', false, undefined],
    ['tree={a}', false, undefined],
  ])('%s', (text, isRead, value) => {
    const run = () => Object.values(parseClaims([text], contract, undefined));

    if (isRead) expect(run()).toEqual([{ value }]);
    else expect(run).toThrow(/wrong type \(got another text; expected/);
  });
});

test('carries the expiry', () => {
  expect(parseClaims(['text=a'], contract, 99)).toEqual({ text: { value: 'a', expiresAt: 99 } });
});

test('names every fault at once and no value', () => {
  const run = () => parseClaims(['count=seven', 'nope=eight', 'sub=nine'], contract, undefined);

  expect(run).toThrow(/count: wrong type[\s\S]*nope: "nope" is not[\s\S]*sub: "sub" is reserved/);
  expect(run).not.toThrow(/seven|eight|nine/);
});

test('a text without a name is an error that counts and does not quote', () => {
  const run = () => parseClaims(['text=a', 'hunter2'], contract, undefined);

  expect(run).toThrow('Claim number 2: expected name=value.');
});
