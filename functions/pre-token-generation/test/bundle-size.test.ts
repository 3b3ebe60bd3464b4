import { stat } from 'node:fs/promises';
import { expect, test } from '@jest/globals';

/** 0.059 of a bundle built without care, and so tight that a trim which an update has passed by shows. */
const BUDGET_BYTES = 154_000;

test('the bundle stays within its budget of bytes, and can be read by everyone', async () => {
  const { size, mode } = await stat(new URL('../dist/index.mjs', import.meta.url));

  expect(size).toBeLessThanOrEqual(BUDGET_BYTES);
  expect(mode & 0o777).toBe(0o644);
});
