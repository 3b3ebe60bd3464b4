import { TokenRefusal } from './token-refusal.ts';

/** A JSON object of a token. */
export type TokenPart = { readonly [name: string]: unknown };

/** A token in its parts, of which nothing is verified yet. */
export interface UnverifiedToken {
  /** What the signature is for: the first two parts as they were sent. */
  readonly signed: string;
  readonly signature: Buffer;
  readonly algorithm: string;
  readonly keyId: string;
  readonly payload: TokenPart;
}

/** A token may be as large as the headers that most proxies accept. */
const MAX_TOKEN_BYTES = 8192;

const TEXT = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Takes a token apart.
 *
 * @param token - Whatever the caller sent.
 * @throws {TokenRefusal} `ERR_TOKEN_MALFORMED` or `ERR_TOKEN_TOO_LARGE`.
 * @see https://www.rfc-editor.org/rfc/rfc7515#section-5.2
 */
export function readToken(token: unknown): UnverifiedToken {
  if (typeof token !== 'string') throw new TokenRefusal('ERR_TOKEN_MALFORMED');
  if (Buffer.byteLength(token) > MAX_TOKEN_BYTES) throw new TokenRefusal('ERR_TOKEN_TOO_LARGE');
  // Three parts: an encrypted token has five. Not by a regular expression, which keeps the last string that it has seen.
  const headerEnd = token.indexOf('.');
  const signedEnd = token.indexOf('.', headerEnd + 1);
  const signature = token.slice(signedEnd + 1);
  // `readBytes` finds a fourth part, and `readPart` one that is empty.
  if (signedEnd < 0 || signature === '') throw new TokenRefusal('ERR_TOKEN_MALFORMED');
  const { alg: algorithm, kid: keyId, crit } = readHeader(token.slice(0, headerEnd));
  const isSupported = typeof algorithm === 'string' && typeof keyId === 'string';
  // No critical extension is supported. RFC 7515, section 4.1.11.
  if (!isSupported || crit !== undefined) throw new TokenRefusal('ERR_TOKEN_MALFORMED');
  return {
    signed: token.slice(0, signedEnd),
    signature: readBytes(signature),
    algorithm,
    keyId,
    payload: readPart(token.slice(headerEnd + 1, signedEnd)),
  };
}

/** The tokens of an issuer begin with the same header until it changes its key. Nothing in it is about a user. */
let lastHeader: { readonly encoded: string; readonly part: TokenPart } = { encoded: '', part: {} };

function readHeader(encoded: string): TokenPart {
  if (encoded !== lastHeader.encoded) {
    const part = readPart(encoded);
    // A copy: a part of a string holds on to the whole string, and a token is never kept.
    lastHeader = { encoded: Buffer.from(encoded, 'latin1').toString('latin1'), part };
  }
  return lastHeader.part;
}

function readBytes(encoded: string): Buffer {
  const bytes = Buffer.from(encoded, 'base64url');
  // Characters that carry no bits would let one token be written in several ways.
  if (bytes.toString('base64url') !== encoded) throw new TokenRefusal('ERR_TOKEN_MALFORMED');
  return bytes;
}

function readPart(encoded: string): TokenPart {
  try {
    const text = TEXT.decode(readBytes(encoded));
    const part: unknown = JSON.parse(text);
    const isObject = typeof part === 'object' && part !== null && !Array.isArray(part);
    if (isObject && !hasDuplicates(text, Object(part))) return part as TokenPart;
  } catch {
    // The parser's message quotes the token.
  }
  throw new TokenRefusal('ERR_TOKEN_MALFORMED');
}

/** A string with the colon that makes it a member's name, or a bracket. */
const JSON_TOKENS = /"(?:[^"\\]|\\.)*"(?<colon>\s*:)?|[{}]/g;

/**
 * True if an object of a JSON text has a member twice. Readers disagree on which of the two counts.
 *
 * @param text - Valid JSON.
 * @param part - What it was parsed to.
 * @see https://www.rfc-editor.org/rfc/rfc7519#section-4
 */
function hasDuplicates(text: string, part: object): boolean {
  // Written back, it would lack the second one: what comes out the same has none, which is quick to see.
  if (JSON.stringify(part) === text) return false;
  const open: Set<string>[] = [];
  for (const { 0: found, groups } of text.matchAll(JSON_TOKENS)) {
    if (found === '{') open.push(new Set());
    else if (found === '}') open.pop();
    else if (groups?.['colon'] !== undefined) {
      const name: string = JSON.parse(found.slice(0, -groups['colon'].length));
      const names = open.at(-1);
      if (names?.has(name)) return true;
      names?.add(name);
    }
  }
  return false;
}
