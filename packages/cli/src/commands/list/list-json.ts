import type { UnknownClientPolicy } from '@cognito-m2m/claim-schema';

/** One client, as `m2m list --json` shows it. */
export interface ListedClientJson {
  readonly client: string;
  readonly clientId: string;
  readonly owner: string;
  /** What the environment file lets it ask for; `null` if the file no longer names the client. */
  readonly scopes: readonly string[] | null;
  /** `issued`, or the code of the denial. */
  readonly token: string;
  /** Of the largest token: all scopes, longest metadata. */
  readonly claimCount: number;
  readonly sizeBytes: number;
  /** The newest override revision; 0 without one. */
  readonly overrideRevision: number;
  /** When the next override claim expires; `null` for none. */
  readonly nextExpiryAt: string | null;
}

/** One pool, as `m2m list --json` shows it. */
export interface ListedPoolJson {
  readonly pool: string;
  readonly userPoolId: string;
  readonly unknownClients: UnknownClientPolicy;
  readonly clients: readonly ListedClientJson[];
  /** Items of the table that are no record, by sort key. */
  readonly invalidItems: readonly string[];
}

/** The answer of `m2m list --json`. */
export interface ListJson {
  readonly environment: string;
  readonly target: string;
  readonly sizeBudgetBytes: number;
  readonly pools: readonly ListedPoolJson[];
}
