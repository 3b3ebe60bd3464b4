import type { ClaimDeclaration, MetadataSelector } from './record.ts';
import type { ClaimRequest } from './resolution.ts';

/** A client, the scopes it may ask for, and what is declared of its tokens. */
export interface Requester {
  readonly clientId: string;
  readonly scopes: readonly string[];
  /** `undefined` for a client without a baseline. */
  readonly baseline?: Pick<ClaimDeclaration, 'claimsByScope' | 'claimsFromMetadata'> | undefined;
}

/** The request that brings a client its largest token: all scopes, and each metadata key with its longest value. */
export function largestRequest({ clientId, scopes, baseline }: Requester): ClaimRequest {
  return { clientId, scopes, metadata: longestMetadata(selectorsOf(baseline)) };
}

/** The request that brings a client its smallest token: no scope, and only the metadata that is required. */
export function smallestRequest({ clientId, baseline }: Requester): ClaimRequest {
  return { clientId, scopes: [], metadata: requiredMetadata(baseline) };
}

/** Metadata without which the client gets no token; each key with a value that is allowed. */
export function requiredMetadata(baseline: Requester['baseline']): Record<string, string> {
  return longestMetadata(selectorsOf(baseline).filter(({ required }) => required));
}

/** One way in which a client may ask for a token. */
export interface RequestVariant {
  /** What is asked for: all scopes, none, one of them, or all with one metadata value. */
  readonly asksFor:
    | 'all scopes'
    | 'no scope'
    | { readonly scope: string }
    | { readonly key: string; readonly value: string };
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
    asksFor: { scope },
    request: { clientId, scopes: [scope], metadata: required },
  }));
  const ofMetadata = selectorsOf(baseline).flatMap(({ key, allow }) =>
    allow.map((value) => ({
      asksFor: { key, value },
      request: { clientId, scopes, metadata: { ...required, [key]: value } },
    })),
  );
  return [
    { asksFor: 'all scopes', request: largestRequest(requester) },
    { asksFor: 'no scope', request: smallestRequest(requester) },
    ...ofScopes,
    ...ofMetadata,
  ];
}

function selectorsOf(baseline: Requester['baseline']): MetadataSelector[] {
  return Object.values(baseline?.claimsFromMetadata ?? {});
}

function longestMetadata(selectors: readonly MetadataSelector[]): Record<string, string> {
  return Object.fromEntries(selectors.map(({ key, allow }) => [key, longest(allow)]));
}

function longest(values: readonly string[]): string {
  return values.reduce((first, second) => (second.length > first.length ? second : first), '');
}
