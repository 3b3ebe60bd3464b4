import type { ClaimDiff } from '../tokens/token-diff.ts';
import type { TokenJson } from '../tokens/token-json.ts';

/** One claim that a deploy would change. */
export interface PlannedDiff extends ClaimDiff {
  /** The request for which it does; absent for a token with all scopes. */
  readonly when?: string;
}

/** What a deploy would do to one client. */
export interface PlannedClient {
  readonly client: string;
  /** Absent for a client that is not deployed yet. */
  readonly clientId?: string;
  readonly status: 'added' | 'removed' | 'changed';
  /** The token with all scopes; absent for a client that is not deployed yet. */
  readonly before?: TokenJson;
  /** Absent for a client that goes. */
  readonly after?: TokenJson;
  readonly diff: readonly PlannedDiff[];
  /** Fields of the client's baseline that change, such as `owner` or `claims`. */
  readonly fields: readonly string[];
}

/** What a deploy would do to one pool; counts for people, the rest for both. */
export interface PlannedPool {
  readonly pool: string;
  readonly isDeployed: boolean;
  /** Clients whose tokens or records change; sorted by name. */
  readonly clients: readonly PlannedClient[];
  readonly unchangedCount: number;
  /** Names of claims that no client of the pool declares any more. */
  readonly undeclaredClaims: readonly string[];
  /** What the pool does with unknown clients, only if it changes. */
  readonly unknownClients?: { readonly before: string | null; readonly after: string };
  /** Items of the table that are no record, by sort key. */
  readonly invalidItems: readonly string[];
}
