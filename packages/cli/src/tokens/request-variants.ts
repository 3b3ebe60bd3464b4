import type { ClaimRequest } from '@cognito-m2m/claim-schema';
import { showableValue } from '../output/claim-text.ts';
import {
  largestRequest,
  type Requester,
  requiredMetadata,
  smallestRequest,
} from './token-requests.ts';

/** One way in which a client may ask for a token. */
export interface RequestVariant {
  /** For people: `all scopes`, `scope orders/read alone`, `metadata tenant=t-1`. */
  readonly label: string;
  readonly request: ClaimRequest;
}

/**
 * The requests that between them show every claim a client can get: all scopes, none, each alone, each metadata value.
 *
 * The largest comes first.
 */
export function requestVariants(requester: Requester): RequestVariant[] {
  const { clientId, scopes, baseline } = requester;
  const required = requiredMetadata(baseline);
  const ofScopes = Object.keys(baseline?.claimsByScope ?? {}).map((scope) => ({
    label: `scope ${scope} alone`,
    request: { clientId, scopes: [scope], metadata: required },
  }));
  const selectors = Object.values(baseline?.claimsFromMetadata ?? {});
  const ofMetadata = selectors.flatMap(({ key, allow }) =>
    allow.map((value) => ({
      label: `metadata ${key}=${showableValue(key, value)}`,
      request: { clientId, scopes, metadata: { ...required, [key]: value } },
    })),
  );
  return [
    { label: 'all scopes', request: largestRequest(requester) },
    { label: 'no scope', request: smallestRequest(requester) },
    ...ofScopes,
    ...ofMetadata,
  ];
}
