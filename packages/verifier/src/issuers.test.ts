import { generateKeyPairSync } from 'node:crypto';
import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { createTokenSigner, type TokenSigner } from '@cognito-m2m/claim-schema/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { type Answer, type IssuerServer, startIssuer } from '../test/issuer-server.ts';
import { issuersOfPool } from './pool-directory.ts';
import { createVerifier } from './verifier.ts';
import type { PoolOptions } from './verifier-options.ts';

const claims = { environment: 'test' };
/** Requests go on in real time; only the wait between two readings of keys is a plain timeout. */
const EVERY_TIMER_BUT_TIMEOUTS = [
  'Date',
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'clearImmediate',
  'setInterval',
  'clearInterval',
] as const;
let issuer: IssuerServer;

beforeAll(async () => {
  issuer = await startIssuer();
});
beforeEach(() => issuer.reset());
afterAll(() => issuer.close());

describe('an issuer that is not written as tokens carry it', () => {
  const issuer = 'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEf123';

  test.each([
    ['a line break at the end', `${issuer}\n`],
    ['a space in front', ` ${issuer}`],
    ['a tab inside', issuer.replace('amazonaws', 'amazon\taws')],
    ['a scheme in capital letters', issuer.replace('https', 'HTTPS')],
    ['a host in capital letters', issuer.replace('cognito-idp', 'Cognito-IDP')],
    ['the default port', issuer.replace('.com/', '.com:443/')],
    ['one slash only', issuer.replace('//', '/')],
    ['backslashes', issuer.replace('//', '\\\\')],
    ['a step up', `${issuer}/../x`],
    ['a query', `${issuer}?x=1`],
    ['an empty query', `${issuer}?`],
    ['a fragment', `${issuer}#x`],
    ['a password', issuer.replace('//', '//user:pw@')],
  ])(
    'an issuer that is not written as tokens carry it is refused at once, configured or discovered: %s',
    (_, address) => {
      for (const pool of [address, { discover: address }]) {
        expect(() =>
          createVerifier({
            contract,
            pools: [{ issuer: pool, clientIds: null }],
            tokenUse: 'access',
            grant: 'client_credentials',
            reads: [],
          }),
        ).toThrow(expect.objectContaining({ code: 'ERR_VERIFIER_OPTIONS' }));
      }
    },
  );
});

describe('both issuer formats of a pool', () => {
  test.each([
    'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_x',
    'https://cognito-idp.cn-north-1.amazonaws.com.cn/cn-north-1_x',
    'https://cognito-idp.eusc-de-east-1.amazonaws.eu/eusc-de-east-1_x',
    'https://cognito-idp.us-gov-west-1.amazonaws.com/us-gov-west-1_x',
  ])('both issuer formats of a pool are known in every partition: %s', (issuer) => {
    const updated = issuer.replace('https://', 'https://issuer-');

    expect(issuersOfPool(issuer)).toEqual([issuer, updated]);
    expect(issuersOfPool(updated)).toEqual([issuer, updated]);
  });

  test('both issuer formats of a pool are one where the issuer is not Amazon Cognito', () => {
    expect(issuersOfPool('https://issuer.example/x')).toEqual(['https://issuer.example/x']);
  });
});

describe('keys', () => {
  test('keys are read once for many tokens', async () => {
    const verifier = aVerifier();

    await Promise.all([1, 2, 3].map(() => verifier.verify(aToken(), { scopes: null })));

    expect(issuer.requests).toEqual(['jwks.json']);
  });

  test('keys are there before the first token after a prefetch', async () => {
    const verifier = aVerifier();
    await verifier.prefetch();
    issuer.answer('jwks.json', 'broken');

    await expect(verifier.verify(aToken(), { scopes: null })).resolves.toMatchObject({ claims });
  });

  test('keys are read again when a token names a new one', async () => {
    const verifier = aVerifier();
    await verifier.prefetch();
    const rotated = createTokenSigner({ issuer: issuer.url });
    issuer.answer('jwks.json', { keys: [...issuer.signer.jwks.keys, ...rotated.jwks.keys] });

    await expect(
      verifier.verify(rotated.sign({ claims }), { scopes: null }),
    ).resolves.toBeDefined();
    await expect(verifier.verify(aToken(), { scopes: null })).resolves.toBeDefined();
    expect(issuer.requests).toHaveLength(2);
  });

  test('keys that the issuer took back are gone after a prefetch', async () => {
    const verifier = aVerifier();
    await verifier.prefetch();
    issuer.answer('jwks.json', createTokenSigner().jwks);
    await verifier.prefetch();

    await expect(verifier.verify(aToken(), { scopes: null })).rejects.toMatchObject({
      code: 'ERR_TOKEN_KEY_UNKNOWN',
    });
  });

  test('keys under the id of another one take its place after a prefetch', async () => {
    const [old] = issuer.signer.jwks.keys;
    const renewed = createTokenSigner({ issuer: issuer.url, kid: old?.kid ?? '' });
    const verifier = aVerifier();
    await verifier.verify(aToken(), { scopes: null });
    issuer.answer('jwks.json', renewed.jwks);
    await verifier.prefetch();

    await expect(verifier.verify(aToken(), { scopes: null })).rejects.toMatchObject({
      code: 'ERR_TOKEN_SIGNATURE',
    });
    await expect(
      verifier.verify(renewed.sign({ claims }), { scopes: null }),
    ).resolves.toMatchObject({ claims });
  });

  test('keys that are new while tokens with foreign ones rain in are taken after 10 seconds', async () => {
    jest.useFakeTimers({ doNotFake: [...EVERY_TIMER_BUT_TIMEOUTS] });
    const verifier = aVerifier();
    const foreign = createTokenSigner({ issuer: issuer.url });
    const rotated = createTokenSigner({ issuer: issuer.url });
    const outcomeOf = (signer: TokenSigner) =>
      verifier.verify(signer.sign({ claims }), { scopes: null }).then(
        () => 'taken',
        (error) => error.code,
      );

    const before = await outcomeOf(foreign);
    issuer.answer('jwks.json', { keys: [...issuer.signer.jwks.keys, ...rotated.jwks.keys] });
    jest.advanceTimersByTime(9_999);
    const meanwhile = [await outcomeOf(foreign), await outcomeOf(rotated)];
    jest.advanceTimersByTime(1);
    const after = [await outcomeOf(foreign), await outcomeOf(rotated)];
    jest.useRealTimers();

    expect([before, ...meanwhile]).toEqual(Array(3).fill('ERR_TOKEN_KEY_UNKNOWN'));
    expect(after).toEqual(['ERR_TOKEN_KEY_UNKNOWN', 'taken']);
    expect(issuer.requests).toHaveLength(2);
  });

  test('keys are not asked for again and again by tokens with foreign ones', async () => {
    const verifier = aVerifier();
    const foreign = createTokenSigner({ issuer: issuer.url });

    for (const _ of [1, 2, 3]) {
      await expect(
        verifier.verify(foreign.sign({ claims }), { scopes: null }),
      ).rejects.toMatchObject({
        code: 'ERR_TOKEN_KEY_UNKNOWN',
      });
    }

    expect(issuer.requests).toHaveLength(1);
  });

  test('keys are not asked for by a token of a foreign issuer or algorithm', async () => {
    const verifier = aVerifier();
    const tokens = [
      createTokenSigner().sign({ claims }),
      issuer.signer.sign({ header: { alg: 'HS256' } }),
    ];

    for (const token of tokens) {
      await expect(verifier.verify(token, { scopes: null })).rejects.toMatchObject({
        code: expect.stringMatching(/ERR_TOKEN_(ISSUER|ALGORITHM)/),
      });
    }

    expect(issuer.requests).toEqual([]);
  });
});

describe('an issuer', () => {
  test.each<[string, Answer, string, boolean, number]>([
    ['breaks off', 'broken', 'ERR_ISSUER_UNAVAILABLE', true, 2],
    ['is overloaded', 503, 'ERR_ISSUER_UNAVAILABLE', true, 2],
    ['has no such pool', 404, 'ERR_ISSUER_INVALID', false, 1],
    ['sends no keys', {}, 'ERR_ISSUER_INVALID', false, 1],
    ['sends a key that is none', { keys: [{ kty: 1 }] }, 'ERR_ISSUER_INVALID', false, 1],
    ['sends a byte order mark', { text: '\uFEFF{"keys":[]}' }, 'ERR_ISSUER_INVALID', false, 1],
  ])('an issuer that %s: %j ends in %s', async (_, answer, code, retryable, requests) => {
    issuer.answer('jwks.json', answer);

    const verifying = aVerifier().verify(aToken(), { scopes: null });

    await expect(verifying).rejects.toMatchObject({ name: 'VerifyError', code, retryable });
    expect(issuer.requests).toHaveLength(requests);
  });

  const { x, y } = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({
    format: 'jwk',
  });
  test.each([
    ['which cannot be read', { n: '', e: '' }],
    ['of another kind', { kty: 'EC', crv: 'P-256', x, y, alg: undefined }],
  ])('an issuer that sends a key %s', async (_, fields) => {
    const [key] = issuer.signer.jwks.keys;
    issuer.answer('jwks.json', { keys: [{ ...key, ...fields }] });

    await expect(aVerifier().verify(aToken(), { scopes: null })).rejects.toMatchObject({
      code: 'ERR_ISSUER_INVALID',
    });
  });

  test('an issuer that is down is asked once a second and not once a token', async () => {
    issuer.answer('jwks.json', 503);
    const verifier = aVerifier();

    for (const _ of [1, 2, 3]) {
      await expect(verifier.verify(aToken(), { scopes: null })).rejects.toMatchObject({
        retryable: true,
      });
    }

    expect(issuer.requests).toHaveLength(2);
  });

  test.each<[string, 'jwks.json' | 'openid-configuration', Answer]>([
    ['keys', 'jwks.json', {}],
    ['keys', 'jwks.json', { text: '<html>' }],
    ['discovery', 'openid-configuration', {}],
    ['discovery', 'openid-configuration', { text: '<html>' }],
  ])(
    'an issuer that answers the question for its %s with junk is asked once a second',
    async (_, at, junk) => {
      issuer.answer(at, junk);
      const isDiscovered = at === 'openid-configuration';
      const address = isDiscovered ? { discover: issuer.url } : issuer.url;
      const verifier = aVerifier({ issuer: address, clientIds: null });

      for (const _ of [1, 2, 3]) {
        await expect(verifier.verify(aToken(), { scopes: null })).rejects.toMatchObject({
          code: 'ERR_ISSUER_INVALID',
        });
      }

      expect(issuer.requests).toEqual([at]);
    },
  );

  test.each([
    ['configured', 'http://127.0.0.1:1/pool'],
    ['to be discovered', { discover: 'http://127.0.0.1:1/pool' }],
  ])('an issuer that is down and %s does not hold up the others in a prefetch', async (_, down) => {
    const verifier = aVerifier(
      { issuer: down, clientIds: null },
      { issuer: { discover: issuer.url }, clientIds: null },
    );

    await expect(verifier.prefetch()).rejects.toMatchObject({ code: 'ERR_ISSUER_UNAVAILABLE' });
    issuer.answer('jwks.json', 'broken');

    await expect(verifier.verify(aToken(), { scopes: null })).resolves.toMatchObject({ claims });
  });

  test('an issuer that does not answer in time', async () => {
    issuer.answer('jwks.json', 'silent');
    const verifier = createVerifier({
      contract,
      pools: [{ issuer: issuer.url, clientIds: null }],
      tokenUse: 'access',
      grant: 'client_credentials',
      reads: [],
      fetchTimeoutMs: 50,
    });

    await expect(verifier.prefetch()).rejects.toMatchObject({ code: 'ERR_ISSUER_UNAVAILABLE' });
  });

  test('an issuer that is down does not matter for keys that are known', async () => {
    const verifier = aVerifier();
    await verifier.prefetch();
    issuer.answer('jwks.json', 503);

    await expect(verifier.verify(aToken(), { scopes: null })).resolves.toBeDefined();
  });
});

describe('discovery', () => {
  test('discovery finds the issuer and its keys, once', async () => {
    const verifier = aVerifier({ issuer: { discover: issuer.url }, clientIds: null });

    await Promise.all([1, 2].map(() => verifier.verify(aToken(), { scopes: null })));

    expect(issuer.requests).toEqual(['openid-configuration', 'jwks.json']);
  });

  test.each<[string, (url: string) => Answer]>([
    ['another issuer', (url) => ({ issuer: `${url}x`, jwks_uri: `${url}/.well-known/jwks.json` })],
    ['keys elsewhere', (url) => ({ issuer: url, jwks_uri: 'https://example.com/jwks.json' })],
    [
      'keys of a pool with a longer name',
      (url) => ({ issuer: url, jwks_uri: `${url}x/jwks.json` }),
    ],
    ...['/../attacker', '/%2e%2e/attacker', '/..\\attacker', '//attacker', '?'].map(
      (detour): [string, (url: string) => Answer] => [
        `keys behind "${detour}"`,
        (url) => ({ issuer: url, jwks_uri: `${url}${detour}/.well-known/jwks.json` }),
      ],
    ),
    ['no issuer', () => ({})],
    ['no object', () => []],
  ])('discovery does not trust a document with %s', async (_, toAnswer) => {
    issuer.answer('openid-configuration', toAnswer(issuer.url));
    const verifier = aVerifier({ issuer: { discover: issuer.url }, clientIds: null });

    await expect(verifier.verify(aToken(), { scopes: null })).rejects.toMatchObject({
      code: 'ERR_ISSUER_INVALID',
    });
  });

  test('discovery is not set off by a token of another pool', async () => {
    const verifier = aVerifier({ issuer: { discover: issuer.url }, clientIds: null });
    const foreign = createTokenSigner().sign({ claims });

    await expect(verifier.verify(foreign, { scopes: null })).rejects.toMatchObject({
      code: 'ERR_TOKEN_ISSUER',
    });
    expect(issuer.requests).toEqual([]);
  });
});

function aToken(): string {
  return issuer.signer.sign({ claims });
}

function aVerifier(...pools: PoolOptions[]) {
  return createVerifier({
    contract,
    pools: pools.length === 0 ? [{ issuer: issuer.url, clientIds: null }] : pools,
    tokenUse: 'access',
    grant: 'client_credentials',
    reads: ['environment'],
  });
}
