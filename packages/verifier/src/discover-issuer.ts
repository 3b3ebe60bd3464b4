import { type DocumentFetcher, invalidDocument, parseJson } from './fetch-document.ts';
import { issuersOfPool, keysAddressOf } from './issuer-address.ts';

/** What a discovery document says, checked. */
export interface DiscoveredIssuer {
  readonly issuer: string;
  readonly jwksUri: string;
}

/**
 * Reads the discovery document of a pool.
 *
 * The issuer must be the address itself or the same pool in Amazon Cognito's other format, and its keys must be at the
 * well-known address of one of the two, to the letter: a document can't make another pool trusted.
 *
 * @throws {VerifyError} `ERR_ISSUER_UNAVAILABLE`, `ERR_ISSUER_INVALID`.
 * @see https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfigurationValidation
 */
export function discoverIssuer(
  address: string,
  fetchDocument: DocumentFetcher,
): Promise<DiscoveredIssuer> {
  const url = `${address}/.well-known/openid-configuration`;
  return fetchDocument(url, (document) => {
    const { issuer, jwks_uri: jwksUri } = Object(parseJson(url, document));
    const trusted = issuersOfPool(address);
    if (!trusted.includes(issuer)) {
      throw invalidDocument(url, 'its issuer is not the pool that was asked');
    }
    if (!trusted.map(keysAddressOf).includes(jwksUri)) {
      throw invalidDocument(url, 'its keys lie at another address');
    }
    return { issuer, jwksUri };
  });
}
