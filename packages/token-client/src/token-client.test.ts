import { describe, expect, test } from '@jest/globals';
import { aTokenClient } from '../test/a-token-client.ts';
import { CREDENTIALS, decode } from '../test/simulated-issuer.ts';
import { createSimulatedTime } from '../test/simulated-time.ts';

const SECOND_MS = 1_000;
const HOUR_MS = 3_600 * SECOND_MS;

describe('a token client', () => {
  test('a token client requests a token with scopes and metadata, and returns it with its expiry', async () => {
    const { get, issuer, time } = aTokenClient();

    const token = await get({
      scopes: ['orders/write', 'orders/read'],
      metadata: { tenant: 't-1' },
    });

    expect(issuer.requests).toEqual([
      {
        url: issuer.url,
        form: {
          grant_type: 'client_credentials',
          client_id: CREDENTIALS.clientId,
          client_secret: CREDENTIALS.clientSecret,
          scope: 'orders/read orders/write',
          aws_client_metadata: '{"tenant":"t-1"}',
        },
      },
    ]);
    expect(token.expiresAt).toEqual(new Date(time.now() + HOUR_MS));
  });

  test.each([1, 3, 64])(
    'a token client requests one token for %i callers at once',
    async (callers) => {
      const { tokens, issuer, time } = aTokenClient();
      issuer.latencyMs = 200;

      const calls = Array.from({ length: callers }, () => tokens.get({ scopes: ['orders/read'] }));
      const all = await time.run(Promise.all(calls));

      expect(issuer.issued()).toBe(1);
      expect(new Set(all.map(({ accessToken }) => accessToken)).size).toBe(1);
    },
  );

  test.each([
    ['the same scopes in another order', { scopes: ['b', 'a'] }, 1],
    ['a scope twice', { scopes: ['a', 'b', 'a'] }, 1],
    ['empty metadata', { scopes: ['a', 'b'], metadata: {} }, 1],
    ['one scope less', { scopes: ['a'] }, 2],
    ['no scopes', {}, 2],
    ['metadata', { scopes: ['a', 'b'], metadata: { tenant: 't-1' } }, 2],
  ])(
    'a token client keeps one token for each set of scopes and metadata: %s',
    async (_, request, tokens) => {
      const { get, issuer } = aTokenClient();

      await get({ scopes: ['a', 'b'] });
      await get(request);

      expect(issuer.issued()).toBe(tokens);
    },
  );

  test('a token client tells metadata apart by names and values, in any order', async () => {
    const { get, issuer } = aTokenClient();

    for (const metadata of [
      { a: '1', b: '2' },
      { b: '2', a: '1' },
      { a: '2', b: '1' },
      { a: '1' },
    ]) {
      const { accessToken } = await get({ metadata });
      expect(JSON.parse(decode(accessToken)['aws_client_metadata'] ?? '')).toEqual(metadata);
    }

    expect(issuer.issued()).toBe(3);
  });

  test('a token client is not affected by a caller that changes its request afterwards', async () => {
    const { get, issuer } = aTokenClient();
    const scopes = ['a'];
    const metadata = { tenant: 't-1' };
    await get({ scopes, metadata });

    scopes.push('b');
    metadata.tenant = 't-2';
    await get({ scopes: ['a'], metadata: { tenant: 't-1' } });

    expect(issuer.issued()).toBe(1);
  });

  test('a token client forgets the token that was used least recently', async () => {
    const { get, issuer, tokens } = aTokenClient({ maxTokens: 2 });

    for (const scope of ['a', 'b', 'a', 'c', 'a']) await get({ scopes: [scope] });
    expect(issuer.issued()).toBe(3);
    await get({ scopes: ['b'] });

    expect(issuer.issued()).toBe(4);
    expect(tokens.stats().cached).toBe(2);
  });

  test.each([
    ['scopes that are a string', { scopes: 'orders/read' }],
    ['no scope in the list', { scopes: [] }],
    ['a scope with a space', { scopes: ['orders/read orders/write'] }],
    ['metadata with a number', { metadata: { tenant: 1 } }],
    ['metadata that is a list', { metadata: ['t-1'] }],
  ])('a token client refuses %s', async (_, request) => {
    const { get, issuer } = aTokenClient();

    await expect(get(request as never)).rejects.toMatchObject({
      code: 'ERR_TOKEN_REQUEST_INVALID',
    });
    expect(issuer.requests).toEqual([]);
  });
});

describe('a renewal', () => {
  test.each([
    [0, 0.7],
    [0.5, 0.75],
    [0.999_999, 0.8],
  ])(
    'a renewal starts in the background at its part of the life: chance %d, %d',
    async (chance, part) => {
      const { get, issuer, time } = aTokenClient({}, createSimulatedTime({ random: () => chance }));
      const first = await get();

      await time.advance(HOUR_MS * part - 2 * SECOND_MS);
      await get();
      expect(issuer.issued()).toBe(1);
      await time.advance(3 * SECOND_MS);
      const served = await get();
      await time.advance(0);
      const renewed = await get();

      expect(served).toBe(first);
      expect(renewed).not.toBe(first);
      expect(issuer.issued()).toBe(2);
    },
  );

  test('a renewal does not happen while nobody asks', async () => {
    const { get, issuer, time } = aTokenClient();
    await get();

    await time.advance(10 * HOUR_MS);

    expect(issuer.issued()).toBe(1);
  });

  test('a renewal that fails leaves the old token in use until it expires, and not longer', async () => {
    const { get, tokens, issuer, time } = aTokenClient();
    const first = await get();
    issuer.faults = () => ({ status: 503 });

    await time.advance(HOUR_MS - 7 * SECOND_MS);
    expect(await tokens.get()).toBe(first);
    await time.advance(2 * SECOND_MS);

    await expect(get()).rejects.toMatchObject({ code: 'ERR_TOKEN_UNAVAILABLE', retryable: true });
  });

  test('a renewal follows maxAgeSeconds, so that a changed claim is seen after it', async () => {
    const { get, issuer, time } = aTokenClient({ maxAgeSeconds: 900 });
    const first = await get();

    await time.advance(900 * SECOND_MS);
    const second = await get();

    expect(second).not.toBe(first);
    expect(issuer.issued()).toBe(2);
  });

  test('a renewal that fails leaves a token older than maxAgeSeconds in use while it is valid', async () => {
    const { get, issuer, time } = aTokenClient({ maxAgeSeconds: 900 });
    const first = await get();
    issuer.faults = () => 'reset';

    await time.advance(1_000 * SECOND_MS);
    expect(await get()).toBe(first);
    await time.advance(1_000 * SECOND_MS);
    expect(await get()).toBe(first);
    await time.advance(HOUR_MS);

    await expect(get()).rejects.toMatchObject({ code: 'ERR_TOKEN_UNAVAILABLE' });
  });

  test('a renewal that is refused ends a token at maxAgeSeconds', async () => {
    const { get, issuer, time } = aTokenClient({ maxAgeSeconds: 900 });
    const first = await get();
    issuer.faults = () => ({ status: 400, body: { error: 'x (ERR_CLIENT_DISABLED)' } });

    await time.advance(800 * SECOND_MS);
    expect(await get()).toBe(first);
    await time.advance(200 * SECOND_MS);

    await expect(get()).rejects.toMatchObject({ code: 'ERR_TOKEN_REFUSED' });
  });
});

describe('a wrong clock', () => {
  test.each([-600, -60, 0, 60, 600])(
    'a wrong clock of this machine, %i seconds off, neither serves an expired token nor renews too often',
    async (seconds) => {
      const { get, issuer, time } = aTokenClient();
      time.correct(seconds * SECOND_MS);
      issuer.lifeSeconds = 300;

      for (let second = 0; second < 600; second += 3) {
        const { accessToken } = await get();
        expect(decode(accessToken)['exp']).toBeGreaterThan(issuer.now() / SECOND_MS);
        await time.advance(3 * SECOND_MS);
      }

      expect(issuer.issued()).toBe(3);
    },
  );

  test.each([-600, 600])(
    'a wrong clock that is corrected by %i seconds serves no expired token',
    async (seconds) => {
      const { get, issuer, time } = aTokenClient();
      await get();
      time.correct(seconds * SECOND_MS);

      await time.advance(HOUR_MS - 4 * SECOND_MS);
      const { accessToken } = await get();

      expect(decode(accessToken)['exp']).toBeGreaterThan(issuer.now() / SECOND_MS);
    },
  );

  test('a wrong clock of a container that was frozen for an hour serves no expired token', async () => {
    const { get, issuer, time } = aTokenClient();
    const first = await get();

    time.freeze(HOUR_MS);
    const second = await get();

    expect(second).not.toBe(first);
    expect(issuer.issued()).toBe(2);
  });

  test('a token that expired while the container was frozen on the way is requested again', async () => {
    const { tokens, issuer, time } = aTokenClient({
      async fetch(...call) {
        const response = await issuer.fetch(...call);
        if (issuer.issued() === 1) time.freeze(HOUR_MS);
        return response;
      },
    });

    const { accessToken } = await time.run(tokens.get());

    expect(decode(accessToken)['exp']).toBeGreaterThan(issuer.now() / SECOND_MS);
    expect(issuer.issued()).toBe(2);
  });

  test('a token that lives shorter than the margin is not served', async () => {
    const { get, issuer } = aTokenClient();
    issuer.lifeSeconds = 3;

    await expect(get()).rejects.toMatchObject({ details: { reason: 'EXPIRED' } });
  });
});

describe('stats and events', () => {
  test('stats and events count what callers received and what was paid for', async () => {
    const { get, tokens } = aTokenClient();

    for (let call = 0; call < 3; call++) await get({ scopes: ['a'] });
    await get({ scopes: ['b'] });

    expect(tokens.stats()).toEqual({
      served: 4,
      hits: 2,
      issued: 2,
      shared: 0,
      failed: 0,
      storeFailed: 0,
      cached: 2,
    });
  });

  test('stats and events say what happened without a token, a secret or a metadata value', async () => {
    const { get, tokens, issuer } = aTokenClient();
    const seen: unknown[] = [];
    const stop = [
      tokens.on('issued', (details) => seen.push(['issued', details])),
      tokens.on('served', (details) => seen.push(['served', details])),
      tokens.on('failed', (details) => seen.push(['failed', details])),
    ];
    issuer.faults = ['reset'];
    const request = { scopes: ['a'], metadata: { tenant: 'value-of-the-tenant' } };

    const { accessToken } = await get(request);
    for (const end of stop) end();
    await get(request);

    const key = { scopes: ['a'], metadataNames: ['tenant'] };
    expect(seen).toEqual([
      [
        'failed',
        { ...key, code: 'ERR_TOKEN_UNAVAILABLE', triggerCode: undefined, isRetryable: true },
      ],
      ['issued', { ...key, source: 'endpoint', durationMs: 0, lifeSeconds: 3_599 }],
      ['served', key],
    ]);
    for (const secret of [accessToken, CREDENTIALS.clientSecret, 'value-of-the-tenant']) {
      expect(JSON.stringify(seen)).not.toContain(secret);
    }
  });

  test('a listener that throws does not fail the caller', async () => {
    const { get, tokens } = aTokenClient();
    tokens.on('served', () => {
      throw new Error('no metrics today');
    });

    await expect(get()).resolves.toHaveProperty('accessToken');
  });
});
