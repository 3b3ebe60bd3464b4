import type { Claims } from './claim-value.ts';
import type { DenialCode } from './denial.ts';
import type { TokenVerdict } from './token-selector.ts';

/** Who asks for the token, and for what. */
export interface ClaimRequest {
  readonly clientId: string;
  /** The scopes that Amazon Cognito is about to grant. */
  readonly scopes: readonly string[];
  /** The caller's `aws_client_metadata`: chosen by the caller, never a proof of anything. */
  readonly metadata?: { readonly [key: string]: unknown } | null | undefined;
  /** What the verification of the user's token in the metadata came to; absent if there is no such token. */
  readonly token?: TokenVerdict | undefined;
}

/** The layers of claims, lowest first: a later one wins. */
export const CLAIM_LAYERS = [
  'default',
  'baseline',
  'override',
  'scope',
  'metadata',
  'token',
] as const;

/** One layer of claims. */
export type ClaimLayer = (typeof CLAIM_LAYERS)[number];

/** Where one claim of a token came from. */
export interface ClaimOrigin {
  readonly layer: ClaimLayer;
  /** The scope or the metadata key that brought the claim. */
  readonly source?: string;
  /** The name of the issuer whose token brought the claim. */
  readonly issuer?: string;
  /** The override revision. */
  readonly revision?: number;
  /** Epoch seconds at which an override claim expires. */
  readonly expiresAt?: number;
}

/** A claim or a scope that was declared and left out, and why. */
export interface DroppedClaim {
  readonly name: string;
  /** The layer of claims, or the list of the record that names it. */
  readonly layer: ClaimLayer | 'suppress' | 'addScopes';
  /**
   * `reserved`: Amazon Cognito's own; `audience`: not the app client's id; `scope`: no scope of a resource server;
   * `undeclared`: not one of this pool; `unverified`: only a verified token may set it; `keys-unavailable`: the user's token
   * could not be verified, and the client can do without.
   */
  readonly reason:
    | 'reserved'
    | 'audience'
    | 'scope'
    | 'undeclared'
    | 'unverified'
    | 'keys-unavailable';
}

/** What the trigger adds to a token. Names are sorted, so that the same input gives the same bytes. */
export interface IssuedClaims {
  readonly outcome: 'issue';
  readonly claims: Claims;
  readonly suppress: readonly string[];
  readonly scopes: { readonly add: readonly string[]; readonly suppress: readonly string[] };
  readonly provenance: { readonly [claimName: string]: ClaimOrigin };
  readonly dropped: readonly DroppedClaim[];
  /** Bytes of the claims as compact JSON. */
  readonly sizeBytes: number;
}

/** No token, and why. */
export interface Denial {
  readonly outcome: 'deny';
  readonly code: DenialCode;
  /** The claim or the metadata key concerned. */
  readonly subject?: string;
}

/** What `resolveClaims` answers. */
export type Resolution = IssuedClaims | Denial;
