import type { UndeclaredClient } from '../deployment/owners-clients.ts';
import type { TokenJson } from '../prediction/client-records.ts';
import type { NameDiff, TokenChanges } from '../prediction/token-diff.ts';

/** The answer of `m2m plan --json`. */
export interface PlanJson {
  readonly environment: string;
  readonly target: string;
  /** True if a deploy would change nothing; then the exit code is 0, else 2. */
  readonly isSame: boolean;
  /** What a deploy would change in the rules of the trigger; each `null` where the deployed trigger cannot be asked. */
  readonly rules: {
    /** True if the deployed trigger was built with another contract than the one of this checkout. */
    readonly isContractChanged: boolean | null;
    readonly sizeBudgetBytes: { readonly before: number | null; readonly after: number };
  };
  readonly counts: {
    readonly added: number;
    readonly changed: number;
    readonly removed: number;
    readonly unchanged: number;
  };
  readonly pools: readonly PlannedPool[];
  /** Pools that are deployed and no longer in the file; looked for if no pool is named. */
  readonly removedPools: readonly string[];
  /** What could not be looked at, and why. */
  readonly notChecked: readonly string[];
}

/** What a deploy would do to one client. */
export interface PlannedClient extends TokenChanges {
  readonly client: string;
  /** True for an app client that the owner of an existing pool has; absent for a client that goes: nothing deployed says so. */
  readonly isExisting?: boolean | undefined;
  /** Absent for a client that is not deployed yet. */
  readonly clientId?: string | undefined;
  readonly status: 'added' | 'removed' | 'changed';
  /** The token with all scopes; absent for a client that is not deployed yet. */
  readonly before?: TokenJson | undefined;
  /** Absent for a client that goes. */
  readonly after?: TokenJson | undefined;
  /** Fields of the client's baseline that change, such as `owner` or `claims`. */
  readonly fields: readonly string[];
}

/** A client that an override disables. */
interface DisabledClient {
  readonly client: string;
  readonly clientId: string;
  /** The newest override revision. */
  readonly revision: number;
}

/** An override of a client that has no baseline. */
interface StrayOverride {
  readonly clientId: string;
  readonly revision: number;
  /** True if it disables the client: one that is put back is another app client, and enabled. */
  readonly disabled: boolean;
}

/** Something of an existing pool that must be put right before the trigger is attached. */
export interface PoolProblem {
  /** The pool, or one of its clients. */
  readonly subject: string;
  readonly what: string;
  readonly how: string;
}

/** What a deploy would do to one pool; counts for people, the rest for both. */
export interface PlannedPool {
  readonly pool: string;
  readonly isDeployed: boolean;
  /** True for a pool that another stack owns. */
  readonly isExisting: boolean;
  /** Clients of an existing pool whose ID the pool does not have. */
  readonly missingClients: readonly UndeclaredClient[];
  /** What else keeps claims out of the tokens of an existing pool: its owner decides, and `m2m attach` refuses it. */
  readonly problems: readonly PoolProblem[];
  /** Clients of an existing pool that nobody declares, if the file denies those: they get no token once the trigger is attached. */
  readonly shutOut: readonly UndeclaredClient[];
  /** Clients that registered themselves and that nobody declares: a deploy leaves them as they are. */
  readonly registered: readonly UndeclaredClient[];
  /** Clients whose tokens or records change; sorted by name. */
  readonly clients: readonly PlannedClient[];
  readonly unchangedCount: number;
  /** Clients that stay and have an override that is not empty: their tokens are not what the file says. */
  readonly overriddenCount: number;
  /** Disabled clients that go. What has their name afterwards is another app client, and enabled. */
  readonly disabledRemoved: readonly DisabledClient[];
  /** Names of claims that no client of the pool declares any more. */
  readonly undeclaredClaims: readonly string[];
  /** What the pool does with unknown clients, only if it changes. */
  readonly unknownClients?: { readonly before: string | null; readonly after: string } | undefined;
  /** Scopes that the pool begins or ceases to declare: no token is given another. */
  readonly declaredScopes: readonly NameDiff[];
  /** Overrides that lie on no baseline, as those of a client that is gone: a deploy leaves them as they are. */
  readonly strayOverrides: readonly StrayOverride[];
  /** Items of the table that are not valid records, by sort key. */
  readonly invalidItems: readonly string[];
}
