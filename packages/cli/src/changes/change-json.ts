import type { Expiries, ExpiryDiff } from '../tokens/expiries.ts';
import type { ClaimDiff } from '../tokens/token-diff.ts';
import type { TokenJson } from '../tokens/token-json.ts';
import type { HiddenDiff } from './compare-tokens.ts';

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
  /** Of the tokens shown: all scopes, and every metadata key. */
  readonly request: {
    readonly scopes: readonly string[];
    readonly metadataKeys: readonly string[];
  };
  /** False if the token with all scopes stays as it is. */
  readonly isTokenChanged: boolean;
  readonly before: TokenJson;
  readonly after: TokenJson;
  readonly diff: readonly ClaimDiff[];
  /** What changes in smaller tokens alone, because a layer above sets the claim in the one with all scopes. */
  readonly hidden: readonly HiddenDiff[];
  /** Claims that stay and end at another time than before. */
  readonly expiryChanges: readonly ExpiryDiff[];
  /** False if the deployed trigger judges claims by another contract, null where nobody can say. */
  readonly isOfTriggersContract: boolean | null;
  /** When claims of the new revision expire. */
  readonly expiresAt: Expiries;
}
