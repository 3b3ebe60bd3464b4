import { expect, test } from '@jest/globals';
import { createOriginGuard } from './origin-guard.ts';

test.each([
  ['fd00:0:0::1', '[fd00::1]:8787'],
  ['FD00::1', '[fd00::1]'],
  ['::', '[::]:1'],
  ['Build.Internal', 'build.internal:80'],
])('a server at %s takes requests to %s', (allowed, host) => {
  const guard = createOriginGuard([allowed]);

  expect(guard({ host })).toBe(true);
  expect(guard({ host, origin: `http://${host}` })).toBe(true);
});

test('a server at an IPv6 address takes none to another one', () => {
  expect(createOriginGuard(['fd00::1'])({ host: '[fd00::2]' })).toBe(false);
});
