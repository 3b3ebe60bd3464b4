import { createDocumentFetcher } from './fetch-document.ts';
import { discoverIssuer } from './pool-directory.ts';

/**
 * Reads which of its two issuers the tokens of a user pool carry, as `issuer: { discover }` of the verifier does.
 *
 * One request, or two if the first gets no answer.
 *
 * @param issuer - Either issuer of the pool.
 * @param options.address - Where the discovery document is, without `/.well-known/openid-configuration`. @default the issuer
 * @param options.timeoutMs - Budget of one request, in milliseconds.
 * @throws {VerifyError} `ERR_ISSUER_UNAVAILABLE` without an answer; `ERR_ISSUER_INVALID` for a document that cannot be used,
 *   such as one that names another pool.
 * @example
 * ```ts
 * import { readPoolIssuer } from '@cognito-m2m/verifier/pool-issuer';
 *
 * const POOL = 'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbC123XyZ';
 * export const issuer = await readPoolIssuer(POOL, { timeoutMs: 3_000 });
 * ```
 */
export async function readPoolIssuer(
  issuer: string,
  options: { readonly address?: string | undefined; readonly timeoutMs: number },
): Promise<string> {
  const { address = issuer, timeoutMs } = options;
  const fetchDocument = createDocumentFetcher({ timeoutMs, clock: () => performance.now() });
  return (await discoverIssuer(issuer, address, fetchDocument)).issuer;
}
