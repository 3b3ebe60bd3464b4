import { type DocumentFetcher, invalidDocument } from './fetch-document.ts';
import { issuersOfPool } from './issuer-address.ts';

/** What a discovery document says, checked. */
export interface DiscoveredIssuer {
  readonly issuer: string;
  readonly jwksUri: string;
}

/**
 * Reads the discovery document of a pool.
 *
 * The issuer must be the address itself or the same pool in Amazon Cognito's other format, and its keys must lie below one
 * of the two: a document can't make another pool trusted.
 *
 * @throws {VerifyError} `ERR_ISSUER_UNAVAILABLE`, `ERR_ISSUER_INVALID`.
 * @see https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfigurationValidation
 */
export async function discoverIssuer(
  address: string,
  fetchDocument: DocumentFetcher,
): Promise<DiscoveredIssuer> {
  const url = `${address}/.well-known/openid-configuration`;
  const { issuer, jwks_uri: jwksUri } = parseObject(url, await fetchDocument(url));
  const trusted = issuersOfPool(address);
  if (typeof issuer !== 'string' || !trusted.includes(issuer)) {
    throw invalidDocument(url, 'its issuer is not the pool that was asked');
  }
  const isBelow = (base: string) => typeof jwksUri === 'string' && jwksUri.startsWith(`${base}/`);
  if (!trusted.some(isBelow)) throw invalidDocument(url, 'its keys lie at another address');
  return { issuer, jwksUri: jwksUri as string };
}

function parseObject(url: string, document: ArrayBuffer): { readonly [name: string]: unknown } {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(document));
    if (typeof value === 'object' && value !== null) return { ...value };
  } catch {
    // Said below: the parser's message would quote the document.
  }
  throw invalidDocument(url, 'it is no JSON object');
}
