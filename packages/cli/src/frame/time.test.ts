import { expect, test } from '@jest/globals';
import { parseDuration, parseMoment } from './time.ts';

test.each([
  ['90s', 90],
  ['30m', 1_800],
  ['2h', 7_200],
  ['7d', 604_800],
  ['1w', 604_800],
])('%s lasts %i seconds', (text, seconds) => {
  expect(parseDuration(text, '--expires-in')).toBe(seconds);
});

test.each(['', '0s', '2', 'h', '-2h', '2 h', '1.5h', '2H', '1234567s'])(
  '"%s" is not a duration',
  (text) => {
    expect(() => parseDuration(text, '--expires-in')).toThrow(
      expect.objectContaining({ code: 'ERR_ARGUMENT_INVALID' }),
    );
  },
);

test.each([
  ['+2h', 1_007_200],
  ['1970-01-12T13:46:40Z', 1_000_000],
  ['1970-01-12T15:46:40+02:00', 1_000_000],
  ['1970-01-02', 86_400],
])('%s is a moment', (text, expected) => {
  expect(parseMoment(text, '--at', 1_000_000)).toBe(expected);
});

test.each(['', 'now', '1970-01-12T13:46:40', '12/01/1970', '2026-13-01', '+x'])(
  '"%s" is not a moment',
  (text) => {
    expect(() => parseMoment(text, '--at', 0)).toThrow(
      expect.objectContaining({ code: 'ERR_ARGUMENT_INVALID' }),
    );
  },
);
