import type { Claims, ClaimValue } from './claim-value.ts';
import type { TokenSelector } from './token-selector.ts';

/** Takes one claim's value from the caller's metadata, out of a list. */
export interface MetadataSelector {
  /** The key in `aws_client_metadata`. */
  readonly key: string;
  /** The only values taken; anything else is refused. */
  readonly allow: readonly string[];
  /** True if a request without the key is refused. */
  readonly required: boolean;
}

/** What is declared of the tokens of one client, in its environment file and in its baseline record. */
export interface ClaimDeclaration {
  /** Claims that every token carries. */
  readonly claims: Claims;
  /** Claims that a token carries only if the scope was granted. */
  readonly claimsByScope: { readonly [scope: string]: Claims };
  readonly claimsFromMetadata: { readonly [claimName: string]: MetadataSelector };
  /** What is taken from a user's token. @default nothing */
  readonly claimsFromToken?: TokenSelector | undefined;
  /** Claims taken out of the token whatever layer set them. */
  readonly suppressClaims: readonly string[];
  readonly addScopes: readonly string[];
  readonly suppressScopes: readonly string[];
}

/** What the deploy declares of one client: written from the environment file, never by hand. */
export interface BaselineRecord extends ClaimDeclaration {
  readonly kind: 'baseline';
  readonly userPoolId: string;
  readonly clientId: string;
  readonly poolName: string;
  readonly clientName: string;
  readonly owner: string;
  /** The pool's default claims, kept apart so that their origin shows. */
  readonly defaults: Claims;
}

/** One claim of an override. */
export interface OverrideClaim {
  readonly value: ClaimValue;
  /** Epoch seconds from which the claim is gone and the layer below shows again. @default never */
  readonly expiresAt?: number;
}

/** One revision of what operators set for a client at run time. The newest revision is the whole override. */
export interface OverrideRecord {
  readonly kind: 'override';
  readonly userPoolId: string;
  readonly clientId: string;
  /** 1 and up; the next revision's number is the lock. */
  readonly revision: number;
  /** The kill switch: no token for this client. */
  readonly disabled: boolean;
  readonly claims: { readonly [claimName: string]: OverrideClaim };
  readonly updatedBy: string;
  readonly reason: string;
  /** ISO 8601, UTC. */
  readonly updatedAt: string;
}

/** What a pool does with a client that has no baseline. */
export type UnknownClientPolicy = 'deny' | 'issue-without-claims';

/** The settings of one pool. */
export interface SettingsRecord {
  readonly kind: 'settings';
  readonly userPoolId: string;
  readonly poolName: string;
  readonly unknownClients: UnknownClientPolicy;
  /** Every scope of the pool's resource servers: a token may be given no other. */
  readonly declaredScopes: readonly string[];
}

/** Any item of the claims table. */
export type ClaimRecord = BaselineRecord | OverrideRecord | SettingsRecord;

/** What the table holds for one client. */
export interface ClaimLayers {
  readonly baseline?: BaselineRecord | undefined;
  readonly override?: OverrideRecord | undefined;
  /** Decides about a client without a baseline, and about scopes to add; not read for any other. */
  readonly settings?: SettingsRecord | undefined;
}
