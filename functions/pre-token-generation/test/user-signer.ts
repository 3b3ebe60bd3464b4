import { constants, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

type Fields = { readonly [name: string]: unknown };

/** Signs tokens of one issuer's users. */
export interface UserSigner {
  readonly jwks: { readonly keys: Fields[] };
  readonly publicKey: KeyObject;
  readonly keyId: string;
  /**
   * Makes a token of the user `user-1` that the app client `user-client` has got a minute ago.
   *
   * @param payload - Replaces claims; `undefined` takes one out.
   * @param header - Replaces fields of the header, in the same way.
   */
  sign(payload?: Fields, header?: Fields): string;
  /** Signs two strings as they are. */
  signText(header: string, payload: string): string;
}

/** Creates a signer with a new key of the type that the algorithm needs. */
export function createUserSigner(options: {
  readonly issuer: string;
  readonly keyId: string;
  readonly algorithm: string;
}): UserSigner {
  const { issuer, keyId, algorithm } = options;
  const { privateKey, publicKey } = makeKeys(algorithm);
  const signText = (header: string, payload: string) => {
    const input = [header, payload].map(encode).join('.');
    return `${input}.${signWith(privateKey, algorithm, input).toString('base64url')}`;
  };
  return {
    keyId,
    publicKey,
    jwks: {
      keys: [{ ...publicKey.export({ format: 'jwk' }), kid: keyId, use: 'sig', alg: algorithm }],
    },
    signText,
    sign(payload, header) {
      const now = Math.floor(Date.now() / 1000);
      const claims = {
        sub: 'user-1',
        iss: issuer,
        client_id: 'user-client',
        token_use: 'access',
        'custom:tenant_id': 'tenant-1',
        iat: now - 60,
        exp: now + 3540,
        ...payload,
      };
      return signText(
        JSON.stringify({ kid: keyId, alg: algorithm, ...header }),
        JSON.stringify(claims),
      );
    },
  };
}

const CURVES: { readonly [algorithm: string]: string } = {
  ES256: 'P-256',
  ES384: 'P-384',
  ES512: 'P-521',
};

function makeKeys(algorithm: string) {
  const namedCurve = CURVES[algorithm];
  if (namedCurve !== undefined) return generateKeyPairSync('ec', { namedCurve });
  if (algorithm === 'EdDSA') return generateKeyPairSync('ed25519');
  return generateKeyPairSync('rsa', { modulusLength: 2048 });
}

function signWith(key: KeyObject, algorithm: string, input: string): Buffer {
  const hash = algorithm === 'EdDSA' ? null : `sha${algorithm.slice(2)}`;
  const padding = algorithm.startsWith('PS')
    ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
    : {};
  return sign(hash, Buffer.from(input), { key, dsaEncoding: 'ieee-p1363', ...padding });
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64url');
}
