import { type KeyObject, sign } from 'node:crypto';
import { promisify } from 'node:util';

/** Signs a payload. */
export type JwtSigner = (payload: object) => Promise<string>;

// With a callback the signature is made on the thread pool, beside the event loop.
const signAsync = promisify<string, Buffer, KeyObject, Buffer>(sign);

/** Creates a signer for RS256. The header has `kid` and `alg` alone, in this order, as Amazon Cognito's has. */
export function createJwtSigner(key: {
  readonly kid: string;
  readonly privateKey: KeyObject;
}): JwtSigner {
  const header = encode({ kid: key.kid, alg: 'RS256' });
  return async (payload) => {
    const signed = `${header}.${encode(payload)}`;
    const signature = await signAsync('RSA-SHA256', Buffer.from(signed), key.privateKey);
    return `${signed}.${signature.toString('base64url')}`;
  };
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
