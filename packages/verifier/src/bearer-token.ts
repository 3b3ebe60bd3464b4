import { VerifyError } from './errors.ts';

/** Headers as Node and API Gateway hand them over. Names in any case. */
export type RequestHeaders = { readonly [name: string]: string | readonly string[] | undefined };

/** One token and nothing else: a list of credentials, as some proxies join them, is refused. RFC 6750, section 2.1. */
const BEARER = /^Bearer +([\w.~+/-]+=*)$/i;

/**
 * Takes the bearer token out of an `Authorization` header.
 *
 * @throws {VerifyError} `ERR_TOKEN_MISSING`; `ERR_TOKEN_MALFORMED` for a header that is there and holds no single token.
 */
export function readBearerToken(header: string | undefined): string {
  if (header === undefined || !/^Bearer\b/i.test(header))
    throw new VerifyError('ERR_TOKEN_MISSING');
  const token = BEARER.exec(header)?.[1];
  if (token === undefined) throw new VerifyError('ERR_TOKEN_MALFORMED');
  return token;
}

/**
 * Finds the `Authorization` header, whatever its case: API Gateway's REST events keep the case that the caller chose.
 *
 * @param headers - With one value for each name, as Node and API Gateway make them: they drop the others.
 * @param allHeaders - With every value, where they are to be had.
 * @returns Several headers as one list of credentials, which `readBearerToken` refuses.
 */
export function findAuthorization(
  headers: RequestHeaders | null | undefined,
  allHeaders?: RequestHeaders | null | undefined,
): string | undefined {
  const all = valuesOf(allHeaders);
  // One value is taken from `headers`: an application may have put it there itself.
  const values = all.length > 1 || !headers ? all : valuesOf(headers);
  return values.length === 0 ? undefined : values.join(', ');
}

function valuesOf(headers: RequestHeaders | null | undefined): string[] {
  return Object.entries(headers ?? {})
    .filter(([name]) => name.toLowerCase() === 'authorization')
    .flatMap(([, value]) => value ?? []);
}
