import type { IncomingMessage, ServerResponse } from 'node:http';
import { originalIssuer, updatedIssuer } from '@cognito-m2m/environment/names';

/** The discovery documents of user pools, which Amazon Cognito serves at its own address and moto does not. */
export interface DiscoveryDocuments {
  /** IDs of the pools that are set to the updated form of the issuer. */
  readonly updated: Set<string>;
  /** False if nobody can read a document. */
  isReachable: boolean;
  /** Answers a request for a document. @returns False for any other request. */
  answer(request: IncomingMessage, response: ServerResponse): boolean;
}

/** Creates them; each pool has the original form. */
export function createDiscoveryDocuments(region: string): DiscoveryDocuments {
  const documents: DiscoveryDocuments = {
    updated: new Set(),
    isReachable: true,
    answer({ url = '' }, response) {
      const [, userPoolId] = /^\/([^/]+)\/\.well-known\/openid-configuration$/.exec(url) ?? [];
      if (userPoolId === undefined) return false;
      const original = originalIssuer(userPoolId, region);
      const issuer = documents.updated.has(userPoolId) ? updatedIssuer(original) : original;
      const document = { issuer, jwks_uri: `${issuer}/.well-known/jwks.json` };
      response.writeHead(documents.isReachable ? 200 : 503).end(JSON.stringify(document));
      return true;
    },
  };
  return documents;
}
