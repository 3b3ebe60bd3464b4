import { describe, expect, test } from '@jest/globals';
import { VerifyError } from './errors.ts';
import type { DocumentFetcher } from './fetch-document.ts';
import { createPoolDirectory, type PoolDirectory } from './pool-directory.ts';

const ORIGINAL = 'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Test00001';
const UPDATED = 'https://issuer-cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Test00001';

describe('a discovered pool', () => {
  test.each([
    [ORIGINAL, ORIGINAL],
    [ORIGINAL, UPDATED],
    [UPDATED, ORIGINAL],
    [UPDATED, UPDATED],
  ])('a discovered pool asked for at %s may have the issuer %s', async (address, issuer) => {
    const { directory } = aDirectory(address, { issuer });

    await expect(directory.find(issuer)).resolves.toMatchObject({ issuer });
  });

  test('a discovered pool is not trusted in the issuer format that it does not have', async () => {
    const { directory } = aDirectory(ORIGINAL, { issuer: ORIGINAL });

    await expect(directory.find(UPDATED)).rejects.toMatchObject({ code: 'ERR_TOKEN_ISSUER' });
  });

  test('a discovered pool that changes its format is found in the new one after 10 seconds, and stays known in the old', async () => {
    const { directory, answer, clock } = aDirectory(ORIGINAL, { issuer: ORIGINAL });
    await all(directory);
    answer.issuer = UPDATED;

    clock.now = 9_999;
    await expect(directory.find(UPDATED)).rejects.toMatchObject({ code: 'ERR_TOKEN_ISSUER' });
    clock.now = 10_000;
    await expect(directory.find(UPDATED)).resolves.toMatchObject({ issuer: UPDATED });

    expect(directory.known(ORIGINAL)).toMatchObject({ issuer: ORIGINAL });
  });

  test('a discovered pool that could not be discovered is tried again', async () => {
    const { directory, answer } = aDirectory(ORIGINAL, { issuer: undefined });
    await expect(all(directory)).rejects.toMatchObject({ code: 'ERR_ISSUER_UNAVAILABLE' });
    answer.issuer = ORIGINAL;

    await expect(all(directory)).resolves.toMatchObject([[{ issuer: ORIGINAL }]]);
  });
});

function all(directory: PoolDirectory) {
  return Promise.all(directory.each());
}

function aDirectory(discover: string, answer: { issuer: string | undefined }) {
  const clock = { now: 0 };
  const fetchDocument: DocumentFetcher = async (_url, parse) => {
    if (answer.issuer === undefined) throw new VerifyError('ERR_ISSUER_UNAVAILABLE');
    const document = { ...answer, jwks_uri: `${answer.issuer}/.well-known/jwks.json` };
    // A copy, because the buffer behind an encoded text may be a larger one.
    return parse(new TextEncoder().encode(JSON.stringify(document)).slice().buffer);
  };
  const pools = [{ issuer: { discover }, clientIds: null }];
  const directory = createPoolDirectory(pools, { fetchDocument, clock: () => clock.now });
  return { directory, answer, clock };
}
