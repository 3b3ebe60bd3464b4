import type { Expiries } from '../tokens/expiries.ts';
import type { ClaimDiff } from '../tokens/token-diff.ts';
import type { TokenJson } from '../tokens/token-json.ts';

/** The answer of `set`, `unset`, `rollback`, `disable` and `enable` with `--json`. */
export interface ChangeJson {
  readonly environment: string;
  readonly target: string;
  readonly pool: string;
  readonly client: string;
  readonly clientId: string;
  /** False if there was nothing to change, or the answer was no. */
  readonly isWritten: boolean;
  /** The newest revision, after the change; 0 without one. */
  readonly revision: number;
  /** Why; absent if there is nothing to change. */
  readonly reason?: string;
  readonly before: TokenJson;
  readonly after: TokenJson;
  readonly diff: readonly ClaimDiff[];
  /** When claims of the new revision expire. */
  readonly expiresAt: Expiries;
}
