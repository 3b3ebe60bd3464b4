import { globalAgent } from 'node:https';
import type { TokenSelector } from '@cognito-m2m/claim-schema';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { createTestClock } from '../../test/test-clock.ts';
import { startUserIssuer, type UserIssuer } from '../../test/user-issuer.ts';
import { readKeySet } from './key-set.ts';
import { readToken } from './read-token.ts';
import { checkSignature, createTokenVerifier, findKeysProblem } from './token-verifier.ts';

const TIMEOUT = { timeoutMs: 5000 };
let issuers: UserIssuer[];

/** Those of one of each key type. */
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
];

beforeAll(async () => {
  issuers = await Promise.all(ALGORITHMS.map((algorithm) => startUserIssuer({ algorithm })));
  globalAgent.options.ca = issuers.map(({ certificate }) => certificate);
});

afterEach(() => Promise.all(issuers.map((issuer) => issuer.setFault(undefined))));

afterAll(async () => {
  delete globalAgent.options.ca;
  await Promise.all(issuers.map((issuer) => issuer.close()));
});

function selectorOf({ issuer }: Pick<UserIssuer, 'issuer'>): TokenSelector {
  return {
    key: 'user_token',
    issuer: { name: 'staff', issuer, clientIds: ['user-client'], audience: [], tokenUse: 'access' },
    required: true,
    maxAgeSeconds: 300,
    claims: { on_behalf_of: 'sub', tenant_id: 'custom:tenant_id' },
  };
}

function verifierOf(clock = createTestClock(Date.now()), maxStaleSeconds = 900) {
  return createTokenVerifier({
    issuers: issuers.slice(0, 1),
    clock,
    maxStaleSeconds,
    allowLoopbackHttp: false,
  });
}

describe('a verifier of users’ tokens', () => {
  test.each(ALGORITHMS.map((algorithm, index) => ({ algorithm, index })))(
    'a verifier of users’ tokens accepts a token that is signed with $algorithm',
    async ({ index }) => {
      const issuer = issuers[index] as UserIssuer;

      const verdict = await verifierOf().verify(issuer.sign(), selectorOf(issuer), TIMEOUT);

      const claims = { on_behalf_of: 'user-1', tenant_id: 'tenant-1' };
      expect(verdict).toEqual({ outcome: 'verified', ageSeconds: 60, claims });
    },
  );

  test('a verifier of users’ tokens reads the keys of declared issuers at start, and asks for nothing with the first token', async () => {
    const [issuer] = issuers as [UserIssuer];
    const verifier = verifierOf();
    await verifier.prefetch();
    issuer.requests.length = 0;

    const verdict = await verifier.verify(issuer.sign(), selectorOf(issuer), TIMEOUT);

    expect(verdict.outcome).toBe('verified');
    expect(issuer.requests).toEqual([]);
  });

  test('a verifier of users’ tokens starts although an issuer cannot be read', async () => {
    const [issuer] = issuers as [UserIssuer];
    await issuer.setFault({ kind: 'status', status: 404 });

    await expect(verifierOf().prefetch()).resolves.toBeUndefined();
  });

  test('a verifier of users’ tokens begins to read the keys of the tokens in the metadata, if their issuer is declared', async () => {
    const [issuer, undeclared] = issuers as [UserIssuer, UserIssuer];
    const verifier = verifierOf();
    for (const { requests } of [issuer, undeclared]) requests.length = 0;

    verifier.prepare({ a: issuer.sign(), b: undeclared.sign(), c: 'user-1', d: 7 });
    await verifier.verify(issuer.sign(), selectorOf(issuer), TIMEOUT);

    expect(issuer.requests).toEqual(['/.well-known/openid-configuration', '/keys']);
    expect(undeclared.requests).toEqual([]);
  });

  test('a verifier of users’ tokens begins to read nothing while all keys are fresh', async () => {
    const [issuer] = issuers as [UserIssuer];
    const verifier = verifierOf();
    await verifier.prefetch();
    issuer.requests.length = 0;

    verifier.prepare({ a: issuer.sign({}, { kid: 'forged' }) });

    expect(issuer.requests).toEqual([]);
  });

  test('a verifier of users’ tokens lets a failure of what it has begun to read pass', async () => {
    const [issuer] = issuers as [UserIssuer];
    await issuer.setFault({ kind: 'status', status: 404 });
    const verifier = verifierOf();

    verifier.prepare({ a: issuer.sign() });

    const verdict = await verifier.verify(issuer.sign(), selectorOf(issuer), TIMEOUT);
    expect(verdict).toEqual({
      outcome: 'refused',
      code: 'ERR_TOKEN_KEYS_UNAVAILABLE',
      reason: 'status 404',
    });
  });

  test('a verifier of users’ tokens gives up an issuer that hangs when the time is over', async () => {
    const [issuer] = issuers as [UserIssuer];
    await issuer.setFault({ kind: 'hang' });

    const verdict = await verifierOf().verify(issuer.sign(), selectorOf(issuer), { timeoutMs: 50 });

    expect(verdict).toEqual({
      outcome: 'refused',
      code: 'ERR_TOKEN_KEYS_UNAVAILABLE',
      reason: 'timeout',
    });
  });

  test('a verifier of users’ tokens rejects for a fault of its own', async () => {
    const [issuer] = issuers as [UserIssuer];
    const broken = () => {
      throw new RangeError('a bug');
    };
    const verifier = verifierOf({ ...createTestClock(0), steadyMs: broken, wallMs: broken });

    const verdict = verifier.verify(issuer.sign(), selectorOf(issuer), TIMEOUT);

    await expect(verdict).rejects.toThrow('a bug');
  });
});

/** What a token says, and the code of its refusal. */
const REFUSALS: [string, (issuer: UserIssuer) => unknown, string][] = [
  ['of another algorithm', ({ sign }) => sign({}, { alg: 'HS256' }), 'ERR_TOKEN_ALGORITHM'],
  [
    'of an algorithm that its key is not for',
    ({ sign }) => sign({}, { alg: 'PS256' }),
    'ERR_TOKEN_ALGORITHM',
  ],
  ['of another issuer', ({ sign, issuer }) => sign({ iss: `${issuer}/` }), 'ERR_TOKEN_ISSUER'],
  ['whose issuer is a list', ({ sign, issuer }) => sign({ iss: [issuer] }), 'ERR_TOKEN_ISSUER'],
  ['of an unknown key', ({ sign }) => sign({}, { kid: 'forged' }), 'ERR_TOKEN_KEY_UNKNOWN'],
  ['with another signature', ({ sign }) => `${sign().slice(0, -8)}AAAAAAAA`, 'ERR_TOKEN_SIGNATURE'],
  ['that has expired', ({ sign }) => sign({ exp: 1 }), 'ERR_TOKEN_EXPIRED'],
  ['without a subject', ({ sign }) => sign({ sub: undefined }), 'ERR_TOKEN_CLAIM_MISSING'],
  [
    'whose tenant is null',
    ({ sign }) => sign({ 'custom:tenant_id': null }),
    'ERR_TOKEN_CLAIM_MISSING',
  ],
  ['whose subject is a list', ({ sign }) => sign({ sub: ['user-1'] }), 'ERR_TOKEN_CLAIM_INVALID'],
  ['whose subject is empty', ({ sign }) => sign({ sub: '' }), 'ERR_TOKEN_CLAIM_INVALID'],
];

test.each(REFUSALS)('a token %s is refused', async (_what, make, code) => {
  const [issuer] = issuers as [UserIssuer];

  const verdict = await verifierOf().verify(make(issuer), selectorOf(issuer), TIMEOUT);

  expect(verdict).toEqual({ outcome: 'refused', code, reason: undefined });
});

test('a claim of an inherited name is missing', async () => {
  const [issuer] = issuers as [UserIssuer];
  const selector = { ...selectorOf(issuer), claims: { on_behalf_of: 'constructor' } };

  const verdict = await verifierOf().verify(issuer.sign(), selector, TIMEOUT);

  expect(verdict).toMatchObject({ code: 'ERR_TOKEN_CLAIM_MISSING' });
});

test.each([
  ['keys', undefined, undefined],
  [
    'no key for signatures',
    { kind: 'body', text: '{"keys":[]}' } as const,
    'discovery names another issuer',
  ],
  ['an error', { kind: 'status', status: 404 } as const, 'status 404'],
])('the problem of an issuer that answers %s is found', async (_what, fault, problem) => {
  const [issuer] = issuers as [UserIssuer];
  await issuer.setFault(fault);

  await expect(findKeysProblem(issuer)).resolves.toBe(problem);
});

test('an issuer whose keys are of no use has a problem', async () => {
  const [issuer] = issuers as [UserIssuer];
  await issuer.setFault({ kind: 'body', text: '{"keys":[{"kty":"oct","kid":"k"}]}' });
  const { issuer: name } = issuer;

  await expect(findKeysProblem({ issuer: name, jwksUri: `${name}/keys` })).resolves.toBe(
    'no key that tokens can be signed with',
  );
});

describe('a signature that another library made', () => {
  /** A token of jose, which signs by WebCrypto, and the key set for it. */
  async function signedByJose(alg: string) {
    const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
    const token = await new SignJWT({ sub: 'user-1' })
      .setProtectedHeader({ alg, kid: 'k' })
      .sign(privateKey);
    return {
      token,
      keys: readKeySet({ keys: [{ ...(await exportJWK(publicKey)), kid: 'k', alg }] }),
    };
  }

  const isGood = (token: string, keys: ReturnType<typeof readKeySet>) => {
    try {
      checkSignature(readToken(token), keys);
      return true;
    } catch (error) {
      expect(error).toMatchObject({ code: 'ERR_TOKEN_SIGNATURE' });
      return false;
    }
  };

  test.each([...ALGORITHMS, 'Ed25519'])(
    'a signature that another library made with %s is good, and not with any bit changed',
    async (algorithm) => {
      const { token, keys } = await signedByJose(algorithm);
      const [header, payload, signature = ''] = token.split('.');
      const bytes = Buffer.from(signature, 'base64url');
      const changed = Array.from(bytes, (byte, index) => {
        const other = Buffer.from(bytes);
        other[index] = byte ^ (1 << (index % 8));
        return `${header}.${payload}.${other.toString('base64url')}`;
      });
      const others = [
        `${header}.${payload}.${bytes.subarray(0, -1).toString('base64url')}`,
        `${header}.${payload}.${Buffer.concat([bytes, bytes]).toString('base64url')}`,
        `${header}.${payload}.${Buffer.alloc(bytes.length).toString('base64url')}`,
        `${header}.e30.${signature}`,
      ];

      expect(isGood(token, keys)).toBe(true);
      expect([...changed, ...others].filter((each) => isGood(each, keys))).toEqual([]);
    },
  );
});
