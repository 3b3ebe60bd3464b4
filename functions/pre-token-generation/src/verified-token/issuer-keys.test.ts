import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { createTestClock } from '../../test/test-clock.ts';
import { createUserSigner } from '../../test/user-signer.ts';
import { DocumentError } from './fetch-json.ts';
import { createIssuerKeys } from './issuer-keys.ts';

const ISSUER = 'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Users';
const { jwks } = createUserSigner({ issuer: ISSUER, keyId: 'k', algorithm: 'ES256' });
const rotated = { keys: jwks.keys.map((key) => ({ ...key, kid: 'l' })) };

/** An issuer whose answers the test chooses, and its keys with a clock of the test's own. */
function keysOf(maxStaleSeconds = 900) {
  const clock = createTestClock(1_800_000_000_000);
  const state: { calls: number; answer: () => unknown } = { calls: 0, answer: () => jwks };
  const fetchJson = async () => {
    state.calls += 1;
    return state.answer();
  };
  const keys = createIssuerKeys(
    { issuer: ISSUER },
    { fetchJson, clock, maxStaleMs: maxStaleSeconds * 1000 },
  );
  return { keys, clock, state };
}

const fail = () => {
  throw new DocumentError('status 500');
};

const unknown = { code: 'ERR_TOKEN_KEY_UNKNOWN' };
const unavailable = { code: 'ERR_TOKEN_KEYS_UNAVAILABLE', reason: 'status 500' };

describe('the keys of an issuer', () => {
  test('the keys of an issuer are read once for several tokens at a time', async () => {
    const { keys, state } = keysOf();

    const found = await Promise.all([keys.find('k'), keys.find('k'), keys.prefetch()]);

    expect(found[0]).toMatchObject([{ keyId: 'k', algorithms: ['ES256'] }]);
    expect(state.calls).toBe(1);
  });

  test('the keys of an issuer are not read again while they are fresh', async () => {
    const { keys, clock, state } = keysOf();
    await keys.prefetch();
    clock.pass(299_999);

    await keys.find('k');
    await keys.prefetch();

    expect(state.calls).toBe(1);
  });

  test('the keys of an issuer serve while they are read again after five minutes', async () => {
    const { keys, clock, state } = keysOf();
    await keys.prefetch();
    clock.pass(300_000);
    state.answer = () => new Promise(() => {});

    await expect(keys.find('k')).resolves.toHaveLength(1);

    expect(state.calls).toBe(2);
  });

  test('the keys of an issuer lose a key that the issuer has taken back', async () => {
    const { keys, clock, state } = keysOf();
    await keys.prefetch();
    clock.pass(300_000);
    state.answer = () => rotated;
    await keys.find('k');
    await nextTurn();

    await expect(keys.find('k')).rejects.toMatchObject(unknown);
  });

  test('the keys of an issuer serve while the issuer fails, until they are too old', async () => {
    const { keys, clock, state } = keysOf(900);
    await keys.prefetch();
    state.answer = fail;
    clock.pass(899_999);

    await expect(keys.find('k')).resolves.toHaveLength(1);
    clock.pass(1);
    await expect(keys.find('k')).rejects.toMatchObject(unavailable);
  });

  test('the keys of an issuer are read for each token if they may not be kept', async () => {
    const { keys, state } = keysOf(0);
    await keys.find('k');

    await expect(keys.find('k')).resolves.toHaveLength(1);
    state.answer = fail;
    await expect(keys.find('k')).rejects.toMatchObject(unavailable);

    expect(state.calls).toBe(3);
  });

  test('the keys of an issuer are found again once the issuer answers', async () => {
    const { keys, clock, state } = keysOf();
    state.answer = fail;
    await expect(keys.find('k')).rejects.toMatchObject(unavailable);
    state.answer = () => jwks;
    clock.pass(1000);

    await expect(keys.find('k')).resolves.toHaveLength(1);
  });

  test('the keys of an issuer are asked for at most once a second while the issuer fails', async () => {
    const { keys, clock, state } = keysOf();
    state.answer = fail;
    await expect(keys.find('k')).rejects.toMatchObject(unavailable);
    clock.pass(999);

    await expect(keys.find('k')).rejects.toMatchObject(unavailable);

    expect(state.calls).toBe(1);
  });

  test('the keys of an issuer are asked for again by the first token after a start at which the issuer failed', async () => {
    const { keys, state } = keysOf();
    state.answer = fail;
    await keys.prefetch();
    state.answer = () => jwks;

    await expect(keys.find('k')).resolves.toHaveLength(1);
  });
});

describe('a key that is not known', () => {
  test('a key that is not known is found at once after a rotation', async () => {
    const { keys, state } = keysOf();
    await keys.prefetch();
    state.answer = () => rotated;

    await expect(keys.find('l')).resolves.toHaveLength(1);
  });

  test('a key that is not known is asked for at most once in ten seconds', async () => {
    const { keys, clock, state } = keysOf();
    await keys.prefetch();

    const asked: number[] = [];
    for (const ms of [0, 9_999, 1, 9_999]) {
      clock.pass(ms);
      await expect(keys.find('forged')).rejects.toMatchObject(unknown);
      asked.push(state.calls);
    }

    expect(asked).toEqual([2, 2, 3, 3]);
  });

  test('a key that is not known is not asked for twice at a time', async () => {
    const { keys, state } = keysOf();
    await keys.prefetch();

    await Promise.allSettled([keys.find('a'), keys.find('b'), keys.find('c')]);

    expect(state.calls).toBe(2);
  });

  test('a key that is not known is not called unknown while the issuer cannot be asked', async () => {
    const { keys, state } = keysOf();
    await keys.prefetch();
    state.answer = fail;

    await expect(keys.find('l')).rejects.toMatchObject(unavailable);
    await expect(keys.find('k')).resolves.toHaveLength(1);
  });

  test('a key that is not known is not asked for if the first reading has just not held it', async () => {
    const { keys, state } = keysOf();

    await expect(keys.find('forged')).rejects.toMatchObject(unknown);

    expect(state.calls).toBe(1);
  });
});

test('a fault of our own is not taken for one of the issuer', async () => {
  const { keys, state } = keysOf();
  state.answer = () => {
    throw new RangeError('a bug');
  };

  await expect(keys.find('k')).rejects.toThrow('a bug');
});
