import { TokenClientError } from './errors.ts';

/** What a caller asks for. */
export interface TokenRequest {
  /** Scopes, in any order. @default all scopes of the app client */
  readonly scopes?: readonly string[] | undefined;
  /** Sent as `aws_client_metadata`, which the trigger reads. @default none */
  readonly metadata?: { readonly [name: string]: string } | undefined;
  /** Ends the wait of this caller; others who wait for the same token are not affected. */
  readonly signal?: AbortSignal | undefined;
  /** How long this caller waits at most, in milliseconds, retries included. @default the client's `timeoutMs` */
  readonly timeoutMs?: number | undefined;
}

/** What a token is kept under within one token client: scopes as a set, and metadata. */
export interface TokenKey {
  readonly id: string;
  readonly scopes: readonly string[] | undefined;
  readonly metadata: { readonly [name: string]: string } | undefined;
}

/** RFC 6749, section 3.3. */
const SCOPE = /^[\x21\x23-\x5B\x5D-\x7E]+$/;

/**
 * Makes the same string for the same scopes and metadata, in any order, and another one for all others.
 *
 * Each part goes with its length, so no two lists make the same string; at half the cost of JSON.
 */
export function keyIdOf({ scopes, metadata }: TokenRequest): string {
  let id = '';
  if (Array.isArray(scopes)) {
    id = '.';
    for (const scope of distinct(scopes)) id += `${scope?.length}:${scope}`;
  } else if (scopes !== undefined) id = '!';
  if (metadata === undefined || metadata === null) return id;
  const names = Object.keys(metadata);
  if (names.length > 1) names.sort();
  for (const name of names) {
    const value = metadata[name];
    id += `,${name.length}:${name}${value?.length}:${value}`;
  }
  return id;
}

/**
 * Copies and checks what a caller asks for.
 *
 * @throws {TokenClientError} `ERR_TOKEN_REQUEST_INVALID`, with all faults.
 */
export function readTokenKey(id: string, { scopes, metadata }: TokenRequest): TokenKey {
  const faults = [...scopeFaults(scopes), ...metadataFaults(metadata)];
  if (faults.length > 0) throw new TokenClientError('ERR_TOKEN_REQUEST_INVALID', faults.join(' '));
  const hasMetadata = Object.keys(metadata ?? {}).length > 0;
  return {
    id,
    scopes: scopes === undefined ? undefined : [...distinct(scopes)],
    metadata: hasMetadata ? { ...metadata } : undefined,
  };
}

// Most callers write them in order: then there is nothing to sort, and nothing to copy.
function distinct(scopes: readonly string[]): readonly string[] {
  const isInOrder = scopes.every(
    (scope, index) => index === 0 || String(scopes[index - 1]) < scope,
  );
  return isInOrder ? scopes : [...new Set(scopes)].sort();
}

function scopeFaults(scopes: unknown): string[] {
  if (scopes === undefined) return [];
  if (!Array.isArray(scopes) || scopes.length === 0) {
    return ['"scopes" must list at least one scope; leave it out for all scopes of the client.'];
  }
  return scopes.flatMap((scope, index) =>
    typeof scope === 'string' && SCOPE.test(scope)
      ? []
      : [`scopes[${index}] must be a string without spaces, such as "orders/read".`],
  );
}

function metadataFaults(metadata: unknown): string[] {
  if (metadata === undefined || metadata === null) return [];
  if (typeof metadata !== 'object' || Array.isArray(metadata)) {
    return ['"metadata" must be an object of strings.'];
  }
  return Object.entries(metadata).flatMap(([name, value]) =>
    typeof value === 'string' ? [] : [`metadata.${name} must be a string.`],
  );
}

/** What events may say about a key. */
export function describeKey({ scopes, metadata }: TokenKey) {
  return { scopes, metadataNames: Object.keys(metadata ?? {}) };
}
