import type { DroppedClaim } from '@cognito-m2m/claim-schema';
import type { ExplainedClaim, RevisionNote } from '../../tokens/explained-token.ts';

/** The answer of `m2m explain --json`. */
export interface ExplainJson {
  readonly environment: string;
  readonly target: string;
  readonly pool: string;
  readonly client: string;
  readonly clientId: string;
  readonly at: string;
  readonly request: {
    readonly scopes: readonly string[];
    /** Keys alone. */
    readonly metadataKeys: readonly string[];
  };
  /** `issued`, or the code of the denial. */
  readonly token: string;
  /** Of a denial: the sentence that the caller reads. */
  readonly message?: string;
  /** Of a denial: the claim or the metadata key concerned. */
  readonly subject?: string;
  /** Of a disabled client: who disabled it. */
  readonly disabledBy?: RevisionNote;
  /** Sorted by name. */
  readonly claims: readonly ExplainedClaim[];
  /** Scopes of the token: asked for, added and not suppressed. */
  readonly scopes: readonly string[];
  /** Claims taken out. */
  readonly suppressed: readonly string[];
  /** Claims and scopes that were declared and left out, and why. */
  readonly dropped: readonly DroppedClaim[];
  readonly sizeBytes: number;
  readonly sizeBudgetBytes: number;
}
