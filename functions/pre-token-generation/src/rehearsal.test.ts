import { expect, test } from '@jest/globals';
import { createTestClock } from '../test/test-clock.ts';
import { rehearse } from './rehearsal.ts';

const clock = createTestClock(1_800_000_000_000);

test('a rehearsal takes a refusal and a token through the whole trigger, and hands their lines over', async () => {
  const lines: string[] = [];

  await rehearse({ clock, write: (line) => lines.push(line) });

  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { message: 'token.denied', reason: 'ERR_CLIENT_UNKNOWN' },
    { message: 'token.issued', claims: { note: 'metadata:note' }, TokensIssued: 1 },
  ]);
});

test('a rehearsal that fails is nobody else’s failure', async () => {
  const write = () => {
    throw new Error('No disk.');
  };

  await expect(rehearse({ clock, write })).resolves.toBeUndefined();
});
