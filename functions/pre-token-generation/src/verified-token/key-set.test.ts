import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { createUserSigner } from '../../test/user-signer.ts';
import { findKeysUrl, readKeySet } from './key-set.ts';

const ISSUER = 'https://login.partner.example';
/** A key that WebCrypto and the RFC refuse. */
function aShortKey() {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
  return { ...publicKey.export({ format: 'jwk' }), kid: 'k', alg: 'RS256' };
}

const [rsa] = createUserSigner({ issuer: ISSUER, keyId: 'k', algorithm: 'RS256' }).jwks.keys;

/** Answers one document and nothing else. */
const answering = (document: unknown) => async (url: string) => {
  expect(url).toBe(`${ISSUER}/.well-known/openid-configuration`);
  return document;
};

const unasked = async () => {
  throw new Error('Nothing is asked.');
};

describe('the address of the keys', () => {
  test.each([
    'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Users',
    'https://issuer-cognito-idp.us-gov-west-1.amazonaws.com/us-gov-west-1_Users',
    'https://cognito-idp.cn-north-1.amazonaws.com.cn/cn-north-1_Users',
    'https://cognito-idp.eusc-de-east-1.amazonaws.eu/eusc-de-east-1_Users',
  ])('the address of the keys of %s is known without asking', async (issuer) => {
    await expect(findKeysUrl({ issuer }, unasked)).resolves.toBe(`${issuer}/.well-known/jwks.json`);
  });

  test('the address of the keys is the declared one', async () => {
    const jwksUri = 'https://keys.partner.example/keys';

    await expect(findKeysUrl({ issuer: ISSUER, jwksUri }, unasked)).resolves.toBe(jwksUri);
  });

  test.each([ISSUER, `${ISSUER}/`])(
    'the address of the keys of %s is discovered',
    async (issuer) => {
      const document = { issuer, jwks_uri: `${ISSUER}/keys` };

      await expect(findKeysUrl({ issuer }, answering(document))).resolves.toBe(`${ISSUER}/keys`);
    },
  );

  const wrongIssuer = 'discovery names another issuer';
  const wrongKeys = 'discovery names keys of another origin';

  test.each([
    ['null', null, wrongIssuer],
    ['a list', [], wrongIssuer],
    ['no issuer', { jwks_uri: `${ISSUER}/keys` }, wrongIssuer],
    ['an issuer with a slash', { issuer: `${ISSUER}/`, jwks_uri: `${ISSUER}/keys` }, wrongIssuer],
    ['no keys', { issuer: ISSUER }, wrongKeys],
    ['keys at a path', { issuer: ISSUER, jwks_uri: '/keys' }, wrongKeys],
    [
      'keys at another host',
      { issuer: ISSUER, jwks_uri: 'https://partner.example/keys' },
      wrongKeys,
    ],
    ['keys at another port', { issuer: ISSUER, jwks_uri: `${ISSUER}:444/keys` }, wrongKeys],
    ['keys over HTTP', { issuer: ISSUER, jwks_uri: 'http://login.partner.example/k' }, wrongKeys],
  ])(
    'the address of the keys is not discovered from a document with %s',
    async (_what, document, message) => {
      await expect(findKeysUrl({ issuer: ISSUER }, answering(document))).rejects.toMatchObject({
        name: 'DocumentError',
        message,
      });
    },
  );
});

describe('a key set', () => {
  test('a key set may be empty', () => {
    expect(readKeySet({ keys: [] })).toEqual([]);
  });

  test.each([[null], ['keys'], [[]], [{ keys: {} }]])('a key set cannot be %j', (document) => {
    expect(() => readKeySet(document)).toThrow('not a key set');
  });

  test('a key set gives one algorithm for a key that names it, and those of its type for a key that names none', () => {
    const keys = readKeySet({ keys: [rsa, { ...rsa, kid: 'l', alg: undefined, use: undefined }] });

    expect(keys.map(({ keyId, algorithms }) => [keyId, algorithms])).toEqual([
      ['k', ['RS256']],
      ['l', ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512']],
    ]);
  });

  test('a key set keeps only what is public', () => {
    const [key] = readKeySet({ keys: [{ ...rsa, d: 'secret', x5u: 'https://example.com' }] });

    expect(key?.publicKey.type).toBe('public');
    expect(key?.publicKey.export({ format: 'jwk' })).toEqual({
      kty: 'RSA',
      n: rsa?.['n'],
      e: rsa?.['e'],
    });
  });

  test.each([
    ['null', null],
    ['a secret for HMAC', { kty: 'oct', kid: 'k', k: 'c2VjcmV0', alg: 'HS256' }],
    ['a key for encryption', { ...rsa, use: 'enc' }],
    ['a key without an id', { ...rsa, kid: undefined }],
    ['a key of an unknown type', { ...rsa, kty: 'constructor' }],
    ['a key of an unknown curve', { kty: 'EC', crv: 'secp256k1', kid: 'k' }],
    ['a key whose algorithm is none', { ...rsa, alg: 'none' }],
    ['a key whose members are not strings', { ...rsa, n: 7 }],
    ['a key without a member', { ...rsa, n: undefined }],
    ['an RSA key of 1024 bits', aShortKey()],
    ['a key that is not on its curve', { kty: 'EC', crv: 'P-256', kid: 'k', x: 'AQ', y: 'AQ' }],
    ['a key whose algorithm is one of another type', { ...rsa, alg: 'ES256' }],
  ])('a key set leaves out %s', (_what, key) => {
    expect(readKeySet({ keys: [key] })).toEqual([]);
  });
});
