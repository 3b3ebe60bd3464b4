import { expect, test } from '@jest/globals';
import { isLoopback } from './origin-guard.ts';

test.each([
  ['127.0.0.1', true],
  ['127.8.8.8', true],
  ['::1', true],
  ['::ffff:127.0.0.1', true],
  ['192.168.0.7', false],
  ['::ffff:192.168.0.7', false],
  ['127.evil.example', false],
  ['fe80::1', false],
])('%s is loopback: %s', (address, expected) => {
  expect(isLoopback(address)).toBe(expected);
});
