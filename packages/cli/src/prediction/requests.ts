import type { BaselineRecord, ClaimRequest } from '@cognito-m2m/claim-schema';
import { largestMetadata, requiredMetadata } from '@cognito-m2m/doctor/token-comparison';
import { showableValue } from '../frame/output/text.ts';

/** The client and the scopes it may ask for. */
export interface Requester {
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly baseline?: BaselineRecord | undefined;
}

/** The request that brings a client its largest token: all scopes, and each metadata key with its longest value. */
export function largestRequest({ clientId, scopes, baseline }: Requester): ClaimRequest {
  return { clientId, scopes, metadata: largestMetadata(baseline) };
}

/** The request that brings a client its smallest token: no scope, and only the metadata that is required. */
export function smallestRequest({ clientId, baseline }: Requester): ClaimRequest {
  return { clientId, scopes: [], metadata: requiredMetadata(baseline) };
}

/** One way in which a client may ask for a token. */
export interface RequestVariant {
  /** For people: `all scopes`, `only scope orders/read`, `metadata tenant=t-1`. */
  readonly label: string;
  readonly request: ClaimRequest;
}

/**
 * The requests that between them show every claim a client can get: all scopes, none, each one by itself, each metadata value.
 *
 * The largest comes first.
 */
export function requestVariants(requester: Requester): RequestVariant[] {
  const { clientId, scopes, baseline } = requester;
  const required = requiredMetadata(baseline);
  const ofScopes = Object.keys(baseline?.claimsByScope ?? {}).map((scope) => ({
    label: `only scope ${scope}`,
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
