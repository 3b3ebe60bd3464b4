import type { Jwks } from 'aws-jwt-verify/jwk';
import { discoverIssuer } from './discover-issuer.ts';
import { invalidOption, VerifyError } from './errors.ts';
import type { DocumentFetcher } from './fetch-document.ts';
import { checkIssuerAddress, issuersOfPool } from './issuer-address.ts';
import type { PoolOptions } from './verifier-options.ts';

/** A pool whose issuer is known. */
export interface TrustedPool {
  readonly issuer: string;
  readonly jwksUri: string;
  /** `undefined` takes every client. */
  readonly clientIds: ReadonlySet<string> | undefined;
  /** `undefined` for keys that are fetched. */
  readonly jwks: Jwks | undefined;
}

/** The trusted pools by issuer. */
export interface PoolDirectory {
  /** The pool of an issuer, if it is known without asking. */
  known(issuer: string): TrustedPool | undefined;
  /**
   * The pool of an issuer, after discovery if need be.
   *
   * @throws {VerifyError} `ERR_TOKEN_ISSUER`, or why discovery failed.
   */
  find(issuer: string): Promise<TrustedPool>;
  /** Discovers every pool that needs it, and lists all. */
  all(): Promise<TrustedPool[]>;
}

/** How long a discovery stands before a token of the pool's other issuer format may cause another, in milliseconds. */
const REDISCOVER_AFTER_MS = 10_000;

/**
 * Creates the directory of all pools that a verifier trusts.
 *
 * A discovered pool is asked again when a token carries its other issuer format: its owner may have switched it. The old
 * issuer stays trusted, since its tokens live on for up to a day.
 *
 * @throws {VerifyError} `ERR_VERIFIER_OPTIONS`.
 */
export function createPoolDirectory(
  pools: readonly PoolOptions[],
  edges: { readonly fetchDocument: DocumentFetcher; readonly clock: () => number },
): PoolDirectory {
  refuseOverlaps(pools);
  const trusted = new Map<string, TrustedPool>();
  const sources: DiscoverySource[] = [];
  for (const options of pools) {
    const { issuer } = options;
    if (typeof issuer === 'string') {
      const pool = configuredPool(options, issuer);
      trusted.set(pool.issuer, pool);
    } else sources.push(createSource(options, issuer.discover, trusted, edges));
  }
  return {
    known: (issuer) => trusted.get(issuer),
    async find(issuer) {
      const isOf = (source: DiscoverySource) => source.issuers.includes(issuer);
      if (!trusted.has(issuer)) await sources.find(isOf)?.discover();
      const pool = trusted.get(issuer);
      if (pool === undefined) throw new VerifyError('ERR_TOKEN_ISSUER');
      return pool;
    },
    async all() {
      await Promise.all(sources.map(({ discover }) => discover()));
      return [...trusted.values()];
    },
  };
}

interface DiscoverySource {
  /** The issuers that the pool can turn out to have. */
  readonly issuers: readonly string[];
  /** Discovers the pool, or gives back what came of it a moment ago. */
  readonly discover: () => Promise<void>;
}

function createSource(
  options: PoolOptions,
  address: string,
  trusted: Map<string, TrustedPool>,
  { fetchDocument, clock }: { fetchDocument: DocumentFetcher; clock: () => number },
): DiscoverySource {
  if (options.jwks !== undefined) throw invalidOption('"jwks" goes with an issuer that is a text.');
  const base = checkIssuerAddress(address);
  const clientIds = toClientIds(options.clientIds);
  let pending: Promise<void> | undefined;
  let discoverAgainAt = 0;
  const run = async () => {
    const found = await discoverIssuer(base, fetchDocument);
    trusted.set(found.issuer, { ...found, clientIds, jwks: undefined });
    discoverAgainAt = clock() + REDISCOVER_AFTER_MS;
  };
  return {
    issuers: issuersOfPool(base),
    async discover() {
      if (clock() < discoverAgainAt) return;
      pending ??= run().finally(() => {
        pending = undefined;
      });
      await pending;
    },
  };
}

function configuredPool(options: PoolOptions, address: string): TrustedPool {
  const issuer = checkIssuerAddress(address);
  return {
    issuer,
    jwksUri: `${issuer}/.well-known/jwks.json`,
    clientIds: toClientIds(options.clientIds),
    jwks: options.jwks,
  };
}

// Two entries for one pool could carry two lists of clients, and which of them counts would depend on the token.
function refuseOverlaps(pools: readonly PoolOptions[]): void {
  const issuers = pools.flatMap(({ issuer }) =>
    typeof issuer === 'string'
      ? [checkIssuerAddress(issuer)]
      : issuersOfPool(checkIssuerAddress(issuer.discover)),
  );
  const twice = issuers.find((issuer, index) => issuers.indexOf(issuer) !== index);
  if (twice !== undefined) throw invalidOption(`${twice} is listed twice.`);
}

function toClientIds(clientIds: readonly string[] | null | undefined) {
  if (clientIds === null) return undefined;
  if (Array.isArray(clientIds) && clientIds.length > 0) return new Set(clientIds);
  throw invalidOption('"clientIds" must list one app client or more, or be null.');
}
