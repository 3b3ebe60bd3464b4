import { expect, test } from '@jest/globals';
import { measureHeapGrowth } from './measure-heap-growth.ts';
import { measureSpeed } from './measure-speed.ts';
import { createSubjects } from './subjects.ts';

const subjects = createSubjects({ tokenCount: 100 });

test('both subjects take the good tokens, ours none of the bad ones', async () => {
  const { ours, bare, tokens, refusedTokens } = subjects;

  await expect(
    Promise.all(tokens.slice(0, 3).flatMap((token) => [ours(token), bare(token)])),
  ).resolves.toHaveLength(6);
  for (const token of refusedTokens) {
    await expect(ours(token)).rejects.toMatchObject({ name: 'VerifyError' });
  }
});

test('the heap does not grow with the number of tokens', async () => {
  // 0.1 kB kept for each would make 2 MB; `bench:verifier` runs a million.
  expect(await measureHeapGrowth(subjects, { verifications: 20_000 })).toBeLessThan(2_000_000);
}, 60_000);

test('the speed is measured as a ratio of pairs, and so is its spread', async () => {
  const { ratio, ratioSpread, oursUs, bareUs } = await measureSpeed(subjects, { rounds: 3 });

  expect(Math.min(ratio, oursUs, bareUs)).toBeGreaterThan(0);
  expect([...ratioSpread, ratio].sort((a, b) => a - b)[1]).toBe(ratio);
}, 60_000);
