import type { ClaimDiff, NameDiff } from '../tokens/token-diff.ts';
import type { TokenJson } from '../tokens/token-json.ts';

/** The request for which a difference shows; absent for a token with all scopes. */
interface WhenAsked {
  readonly when?: string;
}

/** One claim that a deploy would change. */
export type PlannedClaimDiff = ClaimDiff & WhenAsked;

/** One scope or suppressed claim that a deploy would add to tokens, or take out of them. */
export type PlannedNameDiff = NameDiff & WhenAsked;

/** What a deploy would change in the tokens of one client. */
export interface TokenChanges {
  readonly diff: readonly PlannedClaimDiff[];
  readonly scopes: readonly PlannedNameDiff[];
  /** Names of claims that are taken out of tokens. */
  readonly suppressed: readonly PlannedNameDiff[];
}

/** What a deploy would do to one client. */
export interface PlannedClient extends TokenChanges {
  readonly client: string;
  /** Absent for a client that is not deployed yet. */
  readonly clientId?: string;
  readonly status: 'added' | 'removed' | 'changed';
  /** The token with all scopes; absent for a client that is not deployed yet. */
  readonly before?: TokenJson;
  /** Absent for a client that goes. */
  readonly after?: TokenJson;
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
  /** Scopes that the pool begins or ceases to declare: no token is given another. */
  readonly declaredScopes: readonly NameDiff[];
  /** Overrides that lie on no baseline, as those of a client that is gone: a deploy leaves them as they are. */
  readonly strayOverrides: readonly { readonly clientId: string; readonly revision: number }[];
  /** Items of the table that are no record, by sort key. */
  readonly invalidItems: readonly string[];
}
