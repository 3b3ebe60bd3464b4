import { type Fault, isCanonicalUrl, joinPath } from '@cognito-m2m/claim-schema';
import type { PartialEnvironment } from '../environment-schema.ts';
import { type PartialPool, presentEntries } from './rule.ts';

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

/** The issuers of users' tokens that pools declare. */
export function checkTokenIssuers(environment: PartialEnvironment): Fault[] {
  const isLocal = environment.name === LOCAL_ENVIRONMENT;
  return [
    ...checkIssuersSize(environment),
    ...presentEntries(environment.pools).flatMap(([name, pool]) =>
      checkPoolIssuers(pool, joinPath('pools', name), isLocal),
    ),
  ];
}

function checkPoolIssuers({ tokenIssuers }: PartialPool, path: string, isLocal: boolean): Fault[] {
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
function checkIssuersSize({ pools }: PartialEnvironment): Fault[] {
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
