import type { ClaimLayer, ClaimValue } from '@cognito-m2m/claim-schema';

/** One client that carries the claim, with one of its values. */
export interface CarrierJson {
  readonly pool: string;
  readonly client: string;
  readonly clientId: string;
  readonly value: ClaimValue;
  readonly layer: ClaimLayer;
  /** The first kind of request for which it does; absent if every token of the client carries it. */
  readonly when?: string;
}

/** The answer of `m2m who --json`. */
export interface WhoJson {
  readonly environment: string;
  readonly target: string;
  readonly claim: string;
  readonly carriers: readonly CarrierJson[];
}
