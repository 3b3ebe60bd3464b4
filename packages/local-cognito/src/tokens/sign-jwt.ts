import { type KeyObject, sign } from 'node:crypto';
import { promisify } from 'node:util';

// With a callback the signature is made on the thread pool, beside the event loop.
const signAsync = promisify<string, Buffer, KeyObject, Buffer>(sign);

/** Signs a payload with RS256. The header has `kid` and `alg` alone, in this order, as Amazon Cognito's has. */
export async function signJwt(
  payload: object,
  key: { readonly kid: string; readonly privateKey: KeyObject },
): Promise<string> {
  const header = encode({ kid: key.kid, alg: 'RS256' });
  const signed = `${header}.${encode(payload)}`;
  const signature = await signAsync('RSA-SHA256', Buffer.from(signed), key.privateKey);
  return `${signed}.${signature.toString('base64url')}`;
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
