import { expect, test } from '@jest/globals';
import { createClientSecret } from './local-state.ts';

test('two secrets of one millisecond have two ids', () => {
  const first = createClientSecret('client', 1_000);
  const second = createClientSecret('client', 1_000, undefined, [first]);

  expect([first.id, second.id]).toEqual(['client--1000', 'client--1001']);
});

test('a secret does not get the ID of one that was deleted, while the clock stands still', () => {
  const first = createClientSecret('client', 1_000);
  const second = createClientSecret('client', 1_000, undefined, [first]);
  const third = createClientSecret('client', 1_000, undefined, [second]);

  expect(new Set([first.id, second.id, third.id]).size).toBe(3);
});
