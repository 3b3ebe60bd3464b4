import type { Expiries, ExpiryDiff } from '../../tokens/expiries.ts';
import type { RevisionNote } from '../../tokens/explained-token.ts';
import type { ClaimDiff } from '../../tokens/token-diff.ts';

/** One revision, as `m2m history --json` shows it. */
export interface RevisionJson extends RevisionNote {
  readonly disabled: boolean;
  /** What it changed in the override, against the revision before. */
  readonly changes: readonly ClaimDiff[];
  /** Claims that it left in the override, to end at another time. */
  readonly expiryChanges: readonly ExpiryDiff[];
  /** When its claims expire, by name. */
  readonly expiresAt: Expiries;
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
