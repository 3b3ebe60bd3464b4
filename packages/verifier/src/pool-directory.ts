import type { Jwks } from 'aws-jwt-verify/jwk';
import { discoverIssuer } from './discover-issuer.ts';
import { invalidOption, VerifyError } from './errors.ts';
import type { DocumentFetcher } from './fetch-document.ts';
import { checkIssuerAddress, issuersOfPool, keysAddressOf } from './issuer-address.ts';
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
  /** The issuers of each pool by itself, after discovery if need be: one that can't be read does not hold up the others. */
  each(): Promise<TrustedPool[]>[];
}

interface DirectoryEdges {
  readonly fetchDocument: DocumentFetcher;
  /** Milliseconds since any moment. */
  readonly clock: () => number;
}

/** How long a discovery stands before a token of the pool's other issuer format may cause another, in milliseconds. */
const REDISCOVER_AFTER_MS = 10_000;

/**
 * Creates the directory of all pools that a verifier trusts.
 *
 * A discovered pool is asked again when a token carries its other issuer format: its owner may have switched it. The old
 * issuer stays trusted, since its tokens live on for up to a day.
 *
 * @param pools - Ones that `checkOptions` has seen.
 * @throws {VerifyError} `ERR_VERIFIER_OPTIONS`.
 */
export function createPoolDirectory(
  pools: readonly PoolOptions[],
  edges: DirectoryEdges,
): PoolDirectory {
  refuseOverlaps(pools);
  const configured: TrustedPool[] = [];
  const sources: DiscoverySource[] = [];
  const trusted = new Map<string, TrustedPool>();
  const trust = (pool: TrustedPool) => trusted.set(pool.issuer, pool);
  for (const { issuer, clientIds, jwks } of pools) {
    const clients = clientIds === null ? undefined : new Set(clientIds);
    if (typeof issuer === 'string') configured.push(configuredPool(issuer, clients, jwks));
    else sources.push(createSource(issuer.discover, clients, { ...edges, trust }));
  }
  configured.forEach(trust);
  return {
    known: (issuer) => trusted.get(issuer),
    async find(issuer) {
      const isOf = (source: DiscoverySource) => source.issuers.includes(issuer);
      if (!trusted.has(issuer)) await sources.find(isOf)?.discover();
      const pool = trusted.get(issuer);
      if (pool === undefined) throw new VerifyError('ERR_TOKEN_ISSUER');
      return pool;
    },
    each: () => [
      ...configured.map(async (pool) => [pool]),
      ...sources.map(async ({ issuers, discover }) => {
        await discover();
        return issuers.flatMap((issuer) => trusted.get(issuer) ?? []);
      }),
    ],
  };
}

interface DiscoverySource {
  /** The issuers that the pool can turn out to have. */
  readonly issuers: readonly string[];
  /** Discovers the pool, or gives back what came of it a moment ago. */
  readonly discover: () => Promise<void>;
}

function createSource(
  address: string,
  clientIds: TrustedPool['clientIds'],
  { fetchDocument, clock, trust }: DirectoryEdges & { trust: (pool: TrustedPool) => void },
): DiscoverySource {
  const base = checkIssuerAddress(address);
  let pending: Promise<void> | undefined;
  let discoverAgainAt = Number.NEGATIVE_INFINITY;
  const run = async () => {
    trust({ ...(await discoverIssuer(base, fetchDocument)), clientIds, jwks: undefined });
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

function configuredPool(
  address: string,
  clientIds: TrustedPool['clientIds'],
  jwks: Jwks | undefined,
): TrustedPool {
  const issuer = checkIssuerAddress(address);
  return { issuer, jwksUri: keysAddressOf(issuer), clientIds, jwks };
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
