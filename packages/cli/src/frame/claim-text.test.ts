import { expect, test } from '@jest/globals';
import { claimText, HIDDEN_VALUE } from './text.ts';

test.each([
  ['a string', 'premium', '"premium"'],
  ['a list', ['a', 'b'], '["a","b"]'],
  ['a string with a line break', 'a\nb', '"a\\nb"'],
  ['a string that would reorder the line', 'a\u202eb', '"a b"'],
])('%s is one line of JSON', (_case, value, expected) => {
  expect(claimText('tier', value)).toBe(expected);
});

test('a value that looks like a secret is never shown', () => {
  expect(claimText('tier', `AKIA${'A'.repeat(16)}`)).toBe(HIDDEN_VALUE);
  expect(claimText('db_password', 'hunter2')).toBe(HIDDEN_VALUE);
});
