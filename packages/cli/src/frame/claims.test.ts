import { defineContract } from '@cognito-m2m/claim-schema';
import { describe, expect, test } from '@jest/globals';
import { readClaims } from './input.ts';

const contract = defineContract({
  text: { type: 'string', description: 'A string.' },
  count: { type: 'number', description: 'A number.' },
  isOn: { type: 'boolean', description: 'A flag.' },
  names: { type: 'string[]', description: 'Strings.' },
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
    ['names=a, b', true, ['a', 'b']],
    ['names= a ,\tb ', true, ['a', 'b']],
    ['names= ', true, []],
    ['counts=1, 2', true, [1, 2]],
    ['names=a,,b', false, undefined],
    ['names=a,', false, undefined],
    ['counts=1,', false, undefined],
    ['counts=1,2', true, [1, 2]],
    ['tree={"a":[1]}', true, { a: [1] }],
    ['count=seven', false, undefined],
    ['counts=1,x', false, undefined],
    ['tree={a}', false, undefined],
  ])('%s', (text, isRead, value) => {
    const { claims, faults } = readClaims([text], contract);

    expect(Object.values(claims)).toEqual(isRead ? [value] : []);
    expect(faults.map(({ problem }) => problem)).toEqual(isRead ? [] : ['wrong type']);
  });
});

test('readClaims asks whether a claim with a similar name was meant', () => {
  const { faults } = readClaims(['cuont=7'], contract);

  expect(faults).toMatchObject([
    { problem: '"cuont" is not in the claim contract. Did you mean "count"?' },
  ]);
});

test('readClaims names every fault at once and no value', () => {
  const texts = ['count=seven', 'nope=eight', 'sub=nine', 'hunter2', 'text=a', 'text=b'];

  const { faults } = readClaims(texts, contract);

  expect(faults).toMatchObject([
    { path: 'claim number 4', problem: 'no "=value"' },
    { path: 'text', problem: 'given more than once' },
    { path: 'count', problem: 'wrong type', expected: 'number' },
    { path: 'nope', problem: '"nope" is not in the claim contract' },
    { path: 'sub', problem: '"sub" is reserved by Amazon Cognito' },
  ]);
  expect(JSON.stringify(faults)).not.toMatch(/seven|eight|nine|hunter2/);
});
