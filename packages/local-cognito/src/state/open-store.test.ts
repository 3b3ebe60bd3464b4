import { expect, test } from '@jest/globals';
import { createClientSecret } from './open-store.ts';

test('two secrets of one millisecond have two ids', () => {
  const first = createClientSecret('client', 1_000);
  const second = createClientSecret('client', 1_000, undefined, [first]);

  expect([first.id, second.id]).toEqual(['client--1000', 'client--1001']);
});
