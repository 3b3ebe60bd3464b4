import { stat } from 'node:fs/promises';
import { expect, test } from '@jest/globals';

/** 0.085 of a bundle built without care; a byte more is a decision, and is made here. */
const BUDGET_BYTES = 212_000;

test('the bundle stays within its budget of bytes, and can be read by everyone', async () => {
  const { size, mode } = await stat(new URL('../dist/index.mjs', import.meta.url));

  expect(size).toBeLessThanOrEqual(BUDGET_BYTES);
  expect(mode & 0o777).toBe(0o644);
});
