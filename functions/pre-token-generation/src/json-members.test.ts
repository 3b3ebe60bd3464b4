import { describe, expect, test } from '@jest/globals';
import { joinMembers, toMembers } from './json-members.ts';

describe('the members of an object', () => {
  test('the members of an object are its JSON without the braces', () => {
    expect(toMembers({ name: 'a "quoted" text', absent: undefined, list: [1] })).toBe(
      '"name":"a \\"quoted\\" text","list":[1]',
    );
  });

  test.each([
    [[''], ''],
    [['"a":1', '', '"b":2'], '"a":1,"b":2'],
    [['', '"a":1'], '"a":1'],
  ])('the members of an object of %j together are %s', (pieces, expected) => {
    expect(joinMembers(...pieces)).toBe(expected);
  });
});
