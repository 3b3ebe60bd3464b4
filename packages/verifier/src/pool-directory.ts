import { isCanonicalUrl } from '@cognito-m2m/claim-schema';
import type { Jwks } from 'aws-jwt-verify/jwk';
import { invalidOption, VerifyError } from './errors.ts';
import { type DocumentFetcher, invalidDocument, parseJson } from './fetch-document.ts';
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
    trust({ ...(await discoverIssuer(base, base, fetchDocument)), clientIds, jwks: undefined });
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

/** What a discovery document says, checked. */
interface DiscoveredIssuer {
  readonly issuer: string;
  readonly jwksUri: string;
}

/**
 * Reads the discovery document of a pool.
 *
 * The issuer must be the expected one or the same pool in Amazon Cognito's other format, and its keys must be at the
 * well-known address of one of the two, to the letter: a document can't make another pool trusted.
 *
 * @param expected - An issuer of the pool, in either format.
 * @param address - Where the document is. Most often that is the issuer.
 * @throws {VerifyError} `ERR_ISSUER_UNAVAILABLE`, `ERR_ISSUER_INVALID`.
 * @see https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfigurationValidation
 */
export function discoverIssuer(
  expected: string,
  address: string,
  fetchDocument: DocumentFetcher,
): Promise<DiscoveredIssuer> {
  const url = `${address}/.well-known/openid-configuration`;
  return fetchDocument(url, (document) => {
    const { issuer, jwks_uri: jwksUri } = Object(parseJson(url, document));
    const trusted = issuersOfPool(expected);
    if (!trusted.includes(issuer)) {
      throw invalidDocument(url, 'its issuer is not the pool that was asked');
    }
    if (!trusted.map(keysAddressOf).includes(jwksUri)) {
      throw invalidDocument(url, 'its keys lie at another address');
    }
    return { issuer, jwksUri };
  });
}

/** Hosts on which a plain `http:` issuer is accepted: nothing leaves the machine. */
const LOOPBACK_HOSTS: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * Both issuer formats of Amazon Cognito: they differ in the prefix `issuer-` of the host only.
 *
 * The end of the host differs between partitions of AWS; both formats of a pool have the same.
 *
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_IssuerConfigurationType.html
 */
const COGNITO_ISSUER = /^https:\/\/(?:issuer-)?(cognito-idp\.[a-z0-9-]+\.[a-z0-9.-]+\/[\w-]+)$/;

/**
 * Checks an issuer or discovery address.
 *
 * @returns The address without a slash at its end.
 * @throws {VerifyError} `ERR_VERIFIER_OPTIONS`.
 */
function checkIssuerAddress(address: string): string {
  const url = isCanonicalUrl(address) && !/[?#]/.test(address) ? new URL(address) : undefined;
  const isPlain = url?.username === '' && url.password === '';
  const isSecure =
    url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK_HOSTS.has(url.hostname));
  if (isPlain && isSecure) return address.replace(/\/$/, '');
  const expected = 'an https: URL, or an http: URL of a loopback host, exactly as tokens carry it';
  throw invalidOption(`An issuer must be ${expected}: in lower case, without spaces or a query.`);
}

/** Lists the issuers that the pool at an address can have: for Amazon Cognito, the same pool in both formats. */
export function issuersOfPool(address: string): string[] {
  const pool = COGNITO_ISSUER.exec(address)?.[1];
  return pool === undefined ? [address] : [`https://${pool}`, `https://issuer-${pool}`];
}

/** The address at which an issuer publishes its keys. */
function keysAddressOf(issuer: string): string {
  return `${issuer}/.well-known/jwks.json`;
}
