import { defineContract } from '@cognito-m2m/claim-schema';
import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { A_CLIENT_ID, createTokenSigner } from '@cognito-m2m/claim-schema/testing';
import { describe, expect, jest, test } from '@jest/globals';
import { createVerifier } from './verifier.ts';
import type { PoolOptions, ScopeCheck } from './verifier-options.ts';

const signer = createTokenSigner();
const other = createTokenSigner({
  issuer: 'https://issuer-cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Other0001',
});
const claims = { environment: 'test', 'custom:role': 'admin' };
const someChecks = { tokenUse: 'access', grant: 'client_credentials' } as const;

describe('verify', () => {
  test('verify returns the claims and who carries them', async () => {
    const token = signer.sign({ claims, scopes: ['orders/read', 'orders/write'], issuedAt: now() });

    const verified = await aVerifier().verify(token, { scopes: { all: ['orders/read'] } });

    expect(verified).toEqual({
      claims,
      clientId: A_CLIENT_ID,
      scopes: ['orders/read', 'orders/write'],
      issuer: signer.issuer,
      tokenId: expect.any(String),
      expiresAt: expect.any(Number),
    });
  });

  test('verify asks nobody for anything where the keys are at hand', async () => {
    const asking = jest.spyOn(globalThis, 'fetch').mockRejectedValue(new Error('no network'));
    const verifier = aVerifier();

    await verifier.prefetch();
    await verifier.verify(signer.sign({ claims }), { scopes: null });
    const times = asking.mock.calls.length;
    asking.mockRestore();

    expect(times).toBe(0);
  });

  test('verify leaves out claims that it was not told to read', async () => {
    const token = signer.sign({ claims: { ...claims, unheard_of: 'x', tenant_id: 't' } });

    expect((await aVerifier().verify(token, { scopes: null })).claims).toEqual(claims);
  });

  test.each([
    ['another type', { approval_limit: 'high' }],
    ['a value that this contract does not list', { tier: 'gold' }],
    ['nothing where this contract requires a value', { environment: undefined }],
  ])(
    'verify takes a token of a newer contract with %s in a claim that nobody reads',
    async (_, newer) => {
      const verifier = createVerifier({
        contract,
        ...someChecks,
        pools: [trust()],
        reads: ['custom:role'],
      });
      const token = signer.sign({ claims, payload: newer });

      const verified = await verifier.verify(token, { scopes: null });

      expect(verified.claims).toEqual({ 'custom:role': 'admin' });
    },
  );

  test('verify types the claims by the contract, those it requires without undefined', async () => {
    const verifier = createVerifier({
      pools: [trust()],
      tokenUse: 'access',
      grant: 'client_credentials',
      contract: defineContract({
        level: { type: 'number', description: 'A level.' },
        roles: { type: 'string[]', values: ['a', 'b'], description: 'Roles.' },
        other: { type: 'string', description: 'Read by others.' },
      }),
      reads: ['level', 'roles'],
      requires: ['level'],
    });
    const token = signer.sign({ claims: { level: 3, roles: ['a'] } });

    const verified = await verifier.verify(token, { scopes: null });

    const level: number = verified.claims.level;
    const roles: readonly ('a' | 'b')[] | undefined = verified.claims.roles;
    // @ts-expect-error It is not read.
    expect(verified.claims.other).toBeUndefined();
    expect({ level, roles }).toEqual({ level: 3, roles: ['a'] });
  });

  test('verify takes tokens of several pools and says which one', async () => {
    const verifier = aVerifier({ pools: [trust(), trust(other)] });

    const verified = await verifier.verify(other.sign({ claims }), { scopes: null });

    expect(verified.issuer).toBe(other.issuer);
  });

  test.each([
    ['the pool that allows it', trust(signer, { clientIds: ['mine'] }), 'mine', undefined],
    [
      'another pool than the one that allows it',
      trust(signer, { clientIds: ['other'] }),
      'mine',
      'ERR_TOKEN_CLIENT',
    ],
    ['a pool that allows every client', trust(), 'mine', undefined],
  ])('verify takes a client of %s if there are several pools', async (_, pool, clientId, code) => {
    const verifier = aVerifier({ pools: [pool, trust(other, { clientIds: ['mine'] })] });
    const verifying = verifier.verify(signer.sign({ claims, clientId }), { scopes: null });

    expect(await codeOf(verifying)).toBe(code);
  });

  test.each<[ScopeCheck, string | undefined]>([
    [{ all: ['a'] }, undefined],
    [{ all: ['a', 'b'] }, undefined],
    [{ all: ['a', 'c'] }, 'ERR_TOKEN_SCOPE'],
    [{ any: ['c', 'b'] }, undefined],
    [{ any: ['c'] }, 'ERR_TOKEN_SCOPE'],
    [{ any: ['A'] }, 'ERR_TOKEN_SCOPE'],
    [null, undefined],
  ])('verify with the scopes "a b", %j ends in %s', async (scopes, code) => {
    const token = signer.sign({ claims, scopes: ['a', 'b'] });

    expect(await codeOf(aVerifier().verify(token, { scopes }))).toBe(code);
  });

  test.each([
    [
      'missing and required by the contract',
      { tier: 'free' },
      'ERR_TOKEN_CLAIM_MISSING',
      'environment',
    ],
    ['missing and required here', { environment: 'x' }, 'ERR_TOKEN_CLAIM_MISSING', 'tier'],
    ['of another type', { environment: 1, tier: 'free' }, 'ERR_TOKEN_CLAIM_INVALID', 'environment'],
    ['off its list', { environment: 'x', tier: 'gold' }, 'ERR_TOKEN_CLAIM_INVALID', 'tier'],
    ['null', { environment: 'x', tier: null }, 'ERR_TOKEN_CLAIM_INVALID', 'tier'],
  ])('verify refuses a claim that is %s', async (_, tokenClaims, code, claim) => {
    const verifier = aVerifier({ requires: ['tier'] });
    const verifying = verifier.verify(signer.sign({ claims: tokenClaims }), { scopes: null });

    await expect(verifying).rejects.toMatchObject({ code, claim, retryable: false });
  });

  test.each([
    ['expired a second longer ago than the grace', -3601, 0, 'ERR_TOKEN_EXPIRED'],
    ['expires in the next minute', -3540, 0, undefined],
    ['expired within the grace', -3605, 600, undefined],
  ])('a token that %s', async (_, issuedAgo, graceSeconds, code) => {
    const token = signer.sign({ claims, issuedAt: now() + issuedAgo });
    const verifying = aVerifier({ graceSeconds }).verify(token, { scopes: null });

    expect(await codeOf(verifying)).toBe(code);
  });

  test.each([
    ['within the grace', 30, undefined],
    ['beyond the grace', 90, 'ERR_TOKEN_NOT_YET_VALID'],
  ])('a token that is valid from a moment %s', async (_, inSeconds, code) => {
    const token = signer.sign({ claims, payload: { nbf: now() + inSeconds } });

    const verifying = aVerifier({ graceSeconds: 60 }).verify(token, { scopes: null });

    expect(await codeOf(verifying)).toBe(code);
  });

  test.each([
    [16_384, 'ERR_TOKEN_SIGNATURE'],
    [16_385, 'ERR_TOKEN_MALFORMED'],
  ])('a token of %i characters ends in %s', async (length, code) => {
    const token = signer.sign({ claims });
    const long = token.padEnd(length, 'A');

    expect(await codeOf(aVerifier().verify(long, { scopes: null }))).toBe(code);
  });

  test('verify takes what a check spelled out as null skips', async () => {
    const token = signer.sign({ claims, payload: { token_use: 'id', username: 'ann' } });
    const verifier = aVerifier({ tokenUse: null, grant: null });

    expect(await codeOf(verifier.verify(token, { scopes: null }))).toBeUndefined();
  });
});

describe('a check that was left out', () => {
  const verifier = aVerifier();

  test.each([
    ['no pools', { pools: [] }],
    ['no clientIds', { pools: [{ issuer: signer.issuer }] }],
    ['an empty list of clients', { pools: [trust(signer, { clientIds: [] })] }],
    ['no tokenUse', { tokenUse: undefined }],
    ['no grant', { grant: undefined }],
    ['one issuer twice', { pools: [trust(), trust()] }],
    [
      'one pool twice, once to be discovered',
      { pools: [trust(), { issuer: { discover: signer.issuer }, clientIds: null }] },
    ],
    ['a pool that is none', { pools: [null] }],
    ['no issuer', { pools: [{ clientIds: null }] }],
    ['an issuer that is none', { pools: [{ issuer: {}, clientIds: null }] }],
    ['a client that is none', { pools: [trust(signer, { clientIds: [''] })] }],
    ['keys that are none', { pools: [trust(signer, { jwks: {} as never })] }],
    ['no claims to read', { reads: undefined }],
    ['a claim that the contract does not know', { reads: ['unheard_of'] }],
    ['a claim that is required and not read', { reads: ['tier'], requires: ['environment'] }],
    ...[Number.NaN, Infinity, -1, 601, '60', null].map(
      (graceSeconds) => [`a grace of ${graceSeconds}`, { graceSeconds }] as const,
    ),
    ...[Number.NaN, Infinity, 0, -1, 0.5, 60_001, '50', null].map(
      (fetchTimeoutMs) => [`a timeout of ${fetchTimeoutMs}`, { fetchTimeoutMs }] as const,
    ),
    ['a plain http: issuer', { pools: [{ issuer: 'http://example.com/x', clientIds: null }] }],
    [
      'keys for an issuer to be discovered',
      { pools: [{ ...trust(), issuer: { discover: signer.issuer } }] },
    ],
  ])('%s: the verifier is not created', (_, options) => {
    const create = () => aVerifier(options as unknown as Partial<Options>);

    expect(create).toThrow(expect.objectContaining({ code: 'ERR_VERIFIER_OPTIONS' }));
  });

  test.each([
    ['no options', undefined],
    ['no scopes', {}],
    ['an empty list of all', { scopes: { all: [] } }],
    ['an empty list of any', { scopes: { any: [] } }],
    ['both lists', { scopes: { all: ['orders/read'], any: ['orders/read'] } }],
    ['a scope that is not a list', { scopes: { all: 'orders/read' } }],
  ])('%s: the token is not verified', async (_, options) => {
    const verifying = verifier.verify(signer.sign({ claims }), options as never);

    await expect(verifying).rejects.toMatchObject({ code: 'ERR_VERIFIER_OPTIONS' });
  });
});

type Read = 'environment' | 'custom:role' | 'tier';
type Options = Parameters<typeof createVerifier<typeof contract, Read, 'tier'>>[0];

function aVerifier(options: Partial<Options> = {}) {
  return createVerifier<typeof contract, Read, 'tier'>({
    contract,
    ...someChecks,
    pools: [trust()],
    reads: ['environment', 'custom:role', 'tier'],
    ...options,
  });
}

function trust(trusted = signer, options: Partial<PoolOptions> = {}): PoolOptions {
  return { issuer: trusted.issuer, jwks: trusted.jwks, clientIds: null, ...options };
}

function now(): number {
  return Math.floor(Date.now() / 1000);
}

async function codeOf(verifying: Promise<unknown>): Promise<string | undefined> {
  return verifying.then(
    () => undefined,
    (error: { code?: string }) => error.code ?? 'no code',
  );
}
