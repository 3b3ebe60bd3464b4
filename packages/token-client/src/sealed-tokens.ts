import type { ClientCredentials } from './credentials.ts';
import type { IssuedToken } from './request-token.ts';
import type { TokenKey } from './token-cache.ts';

/** What processes share about one token. */
export interface SharedState {
  readonly token: IssuedToken | undefined;
  /** True while a process requests the next token. */
  readonly isLeased: boolean;
}

/** Names and encrypts what one app client shares. */
export interface Sealer {
  /** The name under which the token of a key is kept; it tells nothing about the key. */
  nameOf(endpointUrl: string, key: TokenKey): Promise<string>;
  seal(name: string, state: SharedState): Promise<Uint8Array>;
  /** @returns `undefined` for a value of another name, of another secret or of somebody else. */
  open(name: string, value: Uint8Array): Promise<SharedState | undefined>;
}

/** AES-GCM: NIST SP 800-38D, section 8.2. */
const IV_BYTES = 12;

const encoder = new TextEncoder();

/**
 * Creates the sealer of an app client: AES-256-GCM and HMAC-SHA-256 under keys that HKDF derives from its secret.
 *
 * After a rotation the names differ as well: holders of the old and the new secret do not overwrite each other.
 */
export async function createSealer(credentials: ClientCredentials): Promise<Sealer> {
  const { clientId } = credentials;
  const { subtle } = globalThis.crypto;
  const [cipherKey, nameKey] = await deriveKeys(credentials);
  // The name is authenticated with the value: a value that is moved to another name does not open.
  const cipher = (iv: Uint8Array<ArrayBuffer>, name: string) => ({
    name: 'AES-GCM',
    iv,
    additionalData: encoder.encode(name),
  });
  return {
    async nameOf(endpointUrl, { id }) {
      const text = JSON.stringify([endpointUrl, clientId, id]);
      return toHex(await subtle.sign('HMAC', nameKey, encoder.encode(text)));
    },
    async seal(name, state) {
      const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
      const text = encoder.encode(JSON.stringify(state));
      const sealed = await subtle.encrypt(cipher(iv, name), cipherKey, text);
      const value = new Uint8Array(IV_BYTES + sealed.byteLength);
      value.set(iv);
      value.set(new Uint8Array(sealed), IV_BYTES);
      return value;
    },
    async open(name, value) {
      const iv = Uint8Array.from(value.subarray(0, IV_BYTES));
      const sealed = Uint8Array.from(value.subarray(IV_BYTES));
      try {
        const text = await subtle.decrypt(cipher(iv, name), cipherKey, sealed);
        return JSON.parse(new TextDecoder().decode(text));
      } catch {
        return undefined;
      }
    },
  };
}

function deriveKeys({ clientId, clientSecret }: ClientCredentials) {
  const { subtle } = globalThis.crypto;
  const hkdf = (purpose: string) => ({
    name: 'HKDF',
    hash: 'SHA-256',
    salt: encoder.encode(clientId),
    info: encoder.encode(`cognito-m2m token store 1: ${purpose}`),
  });
  const aes = { name: 'AES-GCM', length: 256 };
  const hmac = { name: 'HMAC', hash: 'SHA-256', length: 256 };
  const bytes = encoder.encode(clientSecret);
  return subtle
    .importKey('raw', bytes, 'HKDF', false, ['deriveKey'])
    .then((secret) =>
      Promise.all([
        subtle.deriveKey(hkdf('values'), secret, aes, false, ['encrypt', 'decrypt']),
        subtle.deriveKey(hkdf('names'), secret, hmac, false, ['sign']),
      ]),
    );
}

function toHex(bytes: ArrayBuffer): string {
  const pairs = Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0'));
  return pairs.join('');
}
