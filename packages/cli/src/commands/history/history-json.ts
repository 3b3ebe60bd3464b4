import type { ClaimDiff } from '../../tokens/token-diff.ts';

/** One revision, as `m2m history --json` shows it. */
export interface RevisionJson {
  readonly revision: number;
  readonly updatedAt: string;
  readonly updatedBy: string;
  readonly reason: string;
  readonly disabled: boolean;
  /** What it changed in the override, against the revision before. */
  readonly changes: readonly ClaimDiff[];
  /** When its claims expire, by name. */
  readonly expiresAt: { readonly [claimName: string]: string };
}

/** The answer of `m2m history --json`. */
export interface HistoryJson {
  readonly environment: string;
  readonly target: string;
  readonly pool: string;
  readonly client: string;
  readonly clientId: string;
  /** Newest first. */
  readonly revisions: readonly RevisionJson[];
}
