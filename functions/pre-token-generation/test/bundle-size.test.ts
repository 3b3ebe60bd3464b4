import { readFile, stat } from 'node:fs/promises';
import { expect, test } from '@jest/globals';

/** 0.055 of a bundle built without care, and so tight that a trim which an update has passed by shows. */
const BUNDLE_BUDGET_BYTES = 142_000;

/** What only environments load that verify users' tokens. */
const CHUNK_BUDGET_BYTES = 10_300;

/** What only pools with a function for users load: an AWS client that is not trimmed. */
const USER_TRIGGER_BUDGET_BYTES = 380_000;

test.each([
  ['bundle', 'index.mjs', BUNDLE_BUDGET_BYTES],
  ['verification of users’ tokens', 'verified-token.mjs', CHUNK_BUDGET_BYTES],
  ['forwarding of users’ events', 'user-trigger.mjs', USER_TRIGGER_BUDGET_BYTES],
])(
  'the %s stays within its budget of bytes, and can be read by everyone',
  async (_what, file, budgetBytes) => {
    const { size, mode } = await stat(new URL(`../dist/${file}`, import.meta.url));

    expect(size).toBeLessThanOrEqual(budgetBytes);
    expect(mode & 0o777).toBe(0o644);
  },
);

test.each(['RS256', 'ieee-p1363', 'openid-configuration', 'base64url', 'ERR_TOKEN_SIGNATURE'])(
  'the bundle leaves %s to the file that verifies users’ tokens',
  async (word) => {
    const read = (file: string) => readFile(new URL(`../dist/${file}`, import.meta.url), 'utf8');

    expect(await read('index.mjs')).not.toContain(word);
    expect(await read('verified-token.mjs')).toContain(word);
  },
);
