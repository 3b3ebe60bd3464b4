import { createPublicKey, verify } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { createTokenSigner } from './token-signer.ts';

const signer = createTokenSigner({ kid: 'k1' });

describe('createTokenSigner', () => {
  test('createTokenSigner lays a token out as Amazon Cognito does', () => {
    const [header, payload = {}] = decode(
      signer.sign({ issuedAt: 1_000, claims: { tier: 'free' } }),
    );

    expect(header).toEqual({ kid: 'k1', alg: 'RS256' });
    expect(Object.keys(payload)).toEqual(
      'sub token_use scope auth_time iss exp iat version jti client_id tier'.split(' '),
    );
    expect(payload).toMatchObject({ iat: 1_000, exp: 4_600, iss: signer.issuer, tier: 'free' });
  });

  test('createTokenSigner signs with the key that it publishes', () => {
    const [header = '', payload = '', signature = ''] = signer.sign().split('.');
    const [jwk] = signer.jwks.keys;
    const key = createPublicKey({ key: { ...jwk }, format: 'jwk' });

    const input = Buffer.from(`${header}.${payload}`);
    expect(verify('sha256', input, key, Buffer.from(signature, 'base64url'))).toBe(true);
  });

  test('createTokenSigner takes a field out of the payload', () => {
    const [, payload] = decode(signer.sign({ payload: { exp: undefined } }));

    expect(payload).not.toHaveProperty('exp');
  });
});

function decode(token: string): Record<string, unknown>[] {
  const parts = token.split('.').slice(0, 2);
  return parts.map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()));
}
