import {
  type Contract,
  definitionOf,
  type Fault,
  isCanonicalUrl,
  joinPath,
} from '@cognito-m2m/claim-schema';
import type { PartialEnvironment } from '../environment-schema.ts';
import { type PartialClient, type PartialPool, presentEntries } from './rule.ts';

type PartialIssuer = NonNullable<NonNullable<PartialPool['tokenIssuers']>[string]>;

/**
 * Most bytes for the issuers in the function's environment variables.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html (4 KB for all variables)
 */
const MAX_VARIABLE_BYTES = 3000;

/** The only environment whose issuers may be on this machine, without HTTPS. */
const LOCAL_ENVIRONMENT = 'local';

const LOOPBACK_HOSTS: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** A user pool of Amazon Cognito: it issues access tokens and ID tokens with the same keys. */
const COGNITO_ISSUER = /^https:\/\/(?:issuer-)?cognito-idp\./;

/** The issuers of users' tokens that a pool declares. */
export function checkTokenIssuers(
  { tokenIssuers }: PartialPool,
  path: string,
  environmentName: string | undefined,
): Fault[] {
  const isLocal = environmentName === LOCAL_ENVIRONMENT;
  return presentEntries(tokenIssuers).flatMap(([name, issuer]) => {
    const issuerPath = joinPath(joinPath(path, 'tokenIssuers'), name);
    return [
      ...checkAddress(issuer.issuer, joinPath(issuerPath, 'issuer'), isLocal),
      ...checkAddress(issuer.jwksUri, joinPath(issuerPath, 'jwksUri'), isLocal),
      ...checkAcceptance(issuer, issuerPath),
    ];
  });
}

/** The addresses of all issuers must fit the function's environment variables. */
export function checkIssuersSize({ pools }: PartialEnvironment): Fault[] {
  const addresses = presentEntries(pools).flatMap(([, { tokenIssuers }]) =>
    presentEntries(tokenIssuers).map(([, { issuer, jwksUri }]) =>
      JSON.stringify({ issuer, jwksUri }),
    ),
  );
  const sizeBytes = Buffer.byteLength([...new Set(addresses)].join());
  if (sizeBytes <= MAX_VARIABLE_BYTES) return [];
  const problem = "the addresses of all issuers would not fit the function's environment variables";
  const expected = `at most ${MAX_VARIABLE_BYTES} bytes`;
  return [{ path: 'pools', problem, got: `${sizeBytes} bytes`, expected }];
}

function checkAddress(address: string | undefined, path: string, isLocal: boolean): Fault[] {
  if (address === undefined || isAddress(address, isLocal)) return [];
  const expected = isLocal
    ? 'an https: URL, or an http: URL of this machine, without query or fragment'
    : 'an https: URL without query or fragment';
  return [{ path, problem: 'not an address of an issuer', got: address, expected }];
}

function isAddress(address: string, isLocal: boolean): boolean {
  if (!/^[\x21-\x7e]{1,512}$/.test(address) || !isCanonicalUrl(address)) return false;
  const { protocol, hostname, search, hash, username, password } = new URL(address);
  const isPlain = [search, hash, username, password].every((part) => part === '');
  const isLoopback = isLocal && protocol === 'http:' && LOOPBACK_HOSTS.has(hostname);
  return isPlain && (protocol === 'https:' || isLoopback);
}

/** Without one of the two lists, every token of every application of the issuer would pass. */
function checkAcceptance(issuer: PartialIssuer, path: string): Fault[] {
  const { clientIds = [], audience = [] } = issuer;
  const faults: Fault[] = [];
  if (clientIds.length + audience.length === 0) {
    const expected = 'at least 1 entry in clientIds or audience';
    faults.push({ path, problem: 'would accept the tokens of every application', expected });
  }
  // A field with a fault of its own is there, and reported.
  if (!Object.hasOwn(issuer, 'tokenUse') && COGNITO_ISSUER.test(issuer.issuer ?? '')) {
    const problem = 'would accept access tokens and ID tokens of the user pool';
    faults.push({ path: joinPath(path, 'tokenUse'), problem, expected: '"access" or "id"' });
  }
  return faults;
}

/** What a client takes from a user's token: an issuer of its pool, and claims that are verified in the contract. */
export function checkTokenSelector(
  contract: Contract,
  pool: PartialPool,
  client: PartialClient,
  path: string,
): Fault[] {
  const { claimsFromToken: selector } = client;
  if (selector === undefined) return [];
  const selectorPath = joinPath(path, 'claimsFromToken');
  return [
    ...checkIssuerName(pool, selector.issuer, joinPath(selectorPath, 'issuer')),
    ...checkKey(client, selector.key, joinPath(selectorPath, 'key')),
    ...checkVerifiedClaims(contract, selector.claims, joinPath(selectorPath, 'claims')),
  ];
}

function checkIssuerName(pool: PartialPool, name: string | undefined, path: string): Fault[] {
  const names = Object.keys(pool.tokenIssuers ?? {});
  if (name === undefined || names.includes(name)) return [];
  const problem = `issuer "${name}" is not declared in this pool`;
  const expected = names.length === 0 ? 'an entry of tokenIssuers' : `one of ${names.join(', ')}`;
  return [{ path, problem, expected }];
}

function checkKey(client: PartialClient, key: string | undefined, path: string): Fault[] {
  const keys = presentEntries(client.claimsFromMetadata).map(([, selector]) => selector.key);
  if (key === undefined || !keys.includes(key)) return [];
  const problem = `key "${key}" is also one of claimsFromMetadata`;
  return [{ path, problem, expected: 'another key' }];
}

function checkVerifiedClaims(
  contract: Contract,
  claims: { readonly [name: string]: unknown } | undefined,
  path: string,
): Fault[] {
  if (claims === undefined) return [];
  const names = Object.keys(claims);
  if (names.length === 0)
    return [{ path, problem: 'takes no claim', expected: 'at least 1 claim' }];
  const verified = Object.keys(contract).filter((name) => contract[name]?.verified === true);
  const expected =
    verified.length === 0 ? 'a claim with verified: true' : `one of ${verified.join(', ')}`;
  return names
    .filter((name) => definitionOf(contract, name)?.verified !== true)
    .map((name) => ({
      path: joinPath(path, name),
      problem: `"${name}" is not verified in the claim contract`,
      expected,
    }));
}
