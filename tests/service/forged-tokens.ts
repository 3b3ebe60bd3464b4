import { createHmac, createPublicKey } from 'node:crypto';
import { createTokenSigner, type TokenSigner } from '@cognito-m2m/claim-schema/testing';

type Fields = { readonly [name: string]: unknown };

/** Ways to forge a token. */
export const forgedTokens = {
  /** Changes the payload and keeps the signature. */
  withPayload: (token: string, fields: Fields): string => replacePart(token, 1, fields),

  /** Changes the header and keeps the signature. */
  withHeader: (token: string, fields: Fields): string => replacePart(token, 0, fields),

  /** Takes the signature of another good token. */
  withSignatureOf: (token: string, other: string): string =>
    [...token.split('.').slice(0, 2), other.split('.')[2]].join('.'),

  /** Says that there is no signature, and leaves it out. */
  unsigned: (token: string): string =>
    replacePart(token, 0, { alg: 'none' }).replace(/\.[^.]*$/, '.'),

  /** Signs with HMAC and the text of the public key, which a verifier that believes the header would take for the secret. */
  signedWithPublicKey(signer: TokenSigner, token: string): string {
    const key = createPublicKey({ key: { ...signer.jwks.keys[0] }, format: 'jwk' });
    const pem = key.export({ type: 'spki', format: 'pem' });
    const input = replacePart(token, 0, { alg: 'HS256' }).replace(/\.[^.]*$/, '');
    return `${input}.${createHmac('sha256', pem).update(input).digest('base64url')}`;
  },

  /** Somebody with a key pair of their own who claims to be the issuer. */
  ofStranger: (issuer: string, kid: string): TokenSigner => createTokenSigner({ issuer, kid }),
};

function replacePart(token: string, index: 0 | 1, fields: Fields): string {
  const parts = token.split('.');
  const part = JSON.parse(Buffer.from(parts[index] ?? '', 'base64url').toString());
  parts[index] = Buffer.from(JSON.stringify({ ...part, ...fields })).toString('base64url');
  return parts.join('.');
}
