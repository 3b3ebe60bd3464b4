import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { aTokenClient } from '../test/a-token-client.ts';
import { type Fault, SECRET } from '../test/simulated-issuer.ts';
import { createSimulatedTime } from '../test/simulated-time.ts';
import { TOKEN_ERRORS, TokenClientError } from './index.ts';

/** How a trigger's refusal looks on a real pool. */
function triggerFailure(sentence: string): string {
  const service = 'Service: AWSCognitoIdentityProviderInternalService; Status Code: 400';
  const suffix = `(${service}; Error Code: UserLambdaValidationException; Request ID: 1-2; Proxy: null)`;
  return `PreTokenGeneration failed with error ${sentence}. ${suffix}`;
}

describe('what may pass is requested again', () => {
  test.each<[string, Fault]>([
    ['a reset connection', 'reset'],
    ['a request that hangs', 'hang'],
    ['429', { status: 429 }],
    ['500', { status: 500 }],
    ['502 with a page', { status: 502, body: '<html>Bad gateway</html>' }],
    ['503', { status: 503, headers: { 'retry-after': '1' } }],
    [
      'a trigger whose store is down, in error',
      { status: 400, body: { error: triggerFailure('Try again. (ERR_STORE_UNAVAILABLE)') } },
    ],
    [
      'a trigger whose store is down, in error_description',
      {
        status: 400,
        body: { error: 'invalid_request', error_description: 'Try again. (ERR_STORE_UNAVAILABLE)' },
      },
    ],
    [
      'a trigger that was too late',
      {
        status: 400,
        body: { error: 'UnexpectedLambdaException: PreTokenGeneration invocation failed' },
      },
    ],
  ])('%s', async (_, fault) => {
    const { get, issuer, tokens } = aTokenClient({ attemptTimeoutMs: 50 });
    issuer.faults = [fault];

    // What hangs ends by the time of this machine, which no test can move.
    const token = fault === 'hang' ? await waitFor(tokens.get()) : await get();

    expect(token).toHaveProperty('accessToken');
    expect(issuer.requests).toHaveLength(2);

    async function waitFor<T>(promise: Promise<T>): Promise<T> {
      await new Promise((resolve) => setTimeout(resolve, 200));
      return get().then(() => promise);
    }
  });

  test('what may pass is requested again at most as often as maxAttempts says', async () => {
    const { get, issuer } = aTokenClient({ maxAttempts: 3 });
    issuer.faults = () => ({ status: 503 });

    await expect(get()).rejects.toMatchObject({
      code: 'ERR_TOKEN_UNAVAILABLE',
      retryable: true,
      details: { status: 503 },
    });
    expect(issuer.requests).toHaveLength(3);
  });

  test('what may pass is requested again until the deadline of the caller', async () => {
    const { get, issuer, time } = aTokenClient({ maxAttempts: 100 });
    issuer.faults = () => 'reset';
    const startMs = time.monotonic();

    const failed = get({ timeoutMs: 3_000 });

    await expect(failed).rejects.toMatchObject({ details: { reason: 'ECONNRESET' } });
    expect(time.monotonic() - startMs).toBeLessThanOrEqual(3_000);
    expect(issuer.requests.length).toBeGreaterThan(3);
  });

  test('a caller whose deadline passes during a request receives ERR_TOKEN_TIMEOUT', async () => {
    const { get, issuer } = aTokenClient();
    issuer.latencyMs = 2_000;

    await expect(get({ timeoutMs: 1_000 })).rejects.toMatchObject({
      code: 'ERR_TOKEN_TIMEOUT',
      retryable: true,
    });
  });

  test.each([
    ['seconds', () => '7'],
    ['a date', (nowMs: number) => new Date(nowMs + 7_000).toUTCString()],
  ])(
    'what may pass is requested again not before Retry-After has passed, in %s',
    async (_, header) => {
      const { get, issuer, time } = aTokenClient();
      issuer.faults = [{ status: 429, headers: { 'retry-after': header(issuer.now()) } }];
      const startMs = time.monotonic();

      await get();

      expect(time.monotonic() - startMs).toBeGreaterThanOrEqual(7_000);
    },
  );

  test('what may pass is requested again not at all if Retry-After is longer than the caller waits', async () => {
    const { get, issuer, time } = aTokenClient();
    issuer.faults = () => ({ status: 429, headers: { 'retry-after': '60' } });
    const startMs = time.monotonic();

    await expect(get()).rejects.toMatchObject({ details: { retryAfterSeconds: 60 } });
    expect(time.monotonic() - startMs).toBe(0);
  });

  test('what may pass is requested again by one request for all callers, in an outage too', async () => {
    const { tokens, issuer, time } = aTokenClient();
    issuer.faults = ['reset', { status: 500 }];

    await time.run(Promise.all(Array.from({ length: 64 }, () => tokens.get())));

    expect(issuer.requests).toHaveLength(3);
  });

  test('what may pass is requested again with pauses from nothing to a bound that doubles', async () => {
    const pauses: number[] = [];
    for (const chance of [0, 0.5, 0.999]) {
      const { get, issuer, time } = aTokenClient({}, createSimulatedTime({ random: () => chance }));
      issuer.faults = ['reset', 'reset', 'reset'];
      const startMs = time.monotonic();
      await get();
      pauses.push(Math.round(time.monotonic() - startMs));
    }

    expect(pauses).toEqual([0, 700, 1_399]);
  });
});

describe('a signal', () => {
  test('a signal ends the wait of its caller, and nobody else has to wait longer', async () => {
    const { tokens, issuer, time } = aTokenClient();
    issuer.latencyMs = 500;
    const controller = new AbortController();
    const reason = new Error('the request was cancelled');

    const first = tokens.get({ signal: controller.signal });
    const second = tokens.get();
    const outcome = expect(first).rejects.toBe(reason);
    await time.advance(100);
    controller.abort(reason);

    await outcome;
    await expect(time.run(second)).resolves.toHaveProperty('accessToken');
    expect(issuer.issued()).toBe(1);
  });

  test('a signal ends a pause between two requests', async () => {
    const { tokens, issuer, time } = aTokenClient();
    issuer.faults = () => ({ status: 503, headers: { 'retry-after': '5' } });
    const controller = new AbortController();

    const call = expect(tokens.get({ signal: controller.signal })).rejects.toThrow('aborted');
    await time.advance(1_000);
    controller.abort();

    await call;
  });

  test('a signal that is aborted already sends nothing', async () => {
    const { get, issuer } = aTokenClient();

    await expect(get({ signal: AbortSignal.abort() })).rejects.toThrow('aborted');
    expect(issuer.requests).toEqual([]);
  });
});

describe('a refusal', () => {
  test.each([
    ['invalid_scope', { error: 'invalid_scope' }, { issuerError: 'invalid_scope' }],
    [
      'unauthorized_client',
      { error: 'unauthorized_client' },
      { issuerError: 'unauthorized_client' },
    ],
    [
      'of the trigger, in error',
      { error: triggerFailure('This client is disabled. (ERR_CLIENT_DISABLED)') },
      { issuerError: 'UserLambdaValidationException', triggerCode: 'ERR_CLIENT_DISABLED' },
    ],
    [
      'of the trigger, in error_description',
      { error: 'invalid_request', error_description: 'No. (ERR_METADATA_REQUIRED)' },
      { issuerError: 'invalid_request', triggerCode: 'ERR_METADATA_REQUIRED' },
    ],
  ])('%s is not requested again, and says why', async (_, body, details) => {
    const { get, issuer } = aTokenClient();
    issuer.faults = () => ({ status: 400, body });

    await expect(get()).rejects.toMatchObject({
      code: 'ERR_TOKEN_REFUSED',
      retryable: false,
      details: { status: 400, ...details },
    });
    expect(issuer.requests).toHaveLength(1);
  });

  test.each([
    [
      'a refusal with status 500',
      { status: 500, body: { error: 'x (ERR_CLIENT_DISABLED)' } },
      'ERR_TOKEN_REFUSED',
    ],
    ['a page with status 403', { status: 403, body: '<html>' }, 'ERR_TOKEN_REFUSED'],
    [
      'a redirect',
      { status: 302, headers: { location: 'https://x.example' } },
      'ERR_TOKEN_RESPONSE_INVALID',
    ],
    [
      'a page instead of a token',
      { status: 200, body: '<html>Log in' },
      'ERR_TOKEN_RESPONSE_INVALID',
    ],
    ['no life', { status: 200, body: { access_token: 'x' } }, 'ERR_TOKEN_RESPONSE_INVALID'],
  ])('%s is not requested again', async (_, fault, code) => {
    const { get, issuer } = aTokenClient();
    issuer.faults = () => fault as Fault;

    await expect(get()).rejects.toMatchObject({ code, retryable: false });
    expect(issuer.requests).toHaveLength(1);
  });

  test('a refusal is remembered for some seconds, for its scopes and metadata only', async () => {
    const { get, issuer, time } = aTokenClient();
    issuer.faults = [{ status: 400, body: { error: 'invalid_scope' } }];
    const request = { scopes: ['nobody/knows'] };

    for (let call = 0; call < 100; call++) await get(request).catch(() => undefined);
    expect(issuer.requests).toHaveLength(1);
    await get({ scopes: ['orders/read'] });
    await time.advance(5_001);

    await expect(get(request)).resolves.toHaveProperty('accessToken');
  });
});

describe('an error', () => {
  test.each<[string, Fault]>([
    ['the request repeated', { status: 400, body: { error: SECRET, error_description: SECRET } }],
    ['the request repeated as a page', { status: 500, body: `You sent ${SECRET}` }],
    ['a token without its life', { status: 200, body: { access_token: SECRET } }],
    ['a broken response', { status: 200, body: `{"access_token":"${SECRET}"` }],
  ])('an error does not hold what the issuer answered: %s', async (_, fault) => {
    const { get, issuer } = aTokenClient({ maxAttempts: 1 });
    issuer.faults = () => fault;

    await expectNoSecret(get());
  });

  test('an error does not hold what a replaced fetch says', async () => {
    const { get } = aTokenClient({
      maxAttempts: 1,
      async fetch(_, init) {
        throw Object.assign(new Error(`could not send ${init?.body}`), { config: init });
      },
    });

    await expectNoSecret(get());
  });

  test('an error has a message, a code and a next step for each code', () => {
    for (const { message } of Object.values(TOKEN_ERRORS)) expect(message).toMatch(/\.$/);
    const error = new TokenClientError('ERR_TOKEN_REFUSED', 'Why.');
    expect(JSON.parse(JSON.stringify(error))).toMatchObject({ code: error.code, retryable: false });
  });
});

async function expectNoSecret(call: Promise<unknown>): Promise<void> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(TokenClientError);
  const text = [inspect(error, { depth: 10 }), JSON.stringify(error), String(error)].join();
  expect(text).not.toContain(SECRET);
}
