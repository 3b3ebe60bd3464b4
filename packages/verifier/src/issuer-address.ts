import { isCanonicalUrl } from '@cognito-m2m/claim-schema';
import { invalidOption } from './errors.ts';

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
export function checkIssuerAddress(address: string): string {
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
export function keysAddressOf(issuer: string): string {
  return `${issuer}/.well-known/jwks.json`;
}
