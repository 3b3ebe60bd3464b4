import type { ClaimRules } from '@cognito-m2m/claim-schema';
import type { ClientRecords } from '../tokens/client-records.ts';
import type { ChangeAuthor, OverrideChange } from './override-change.ts';

/** What a plan is made from. */
export interface ChangeRequest {
  readonly userPoolId: string;
  readonly clientId: string;
  /** The client as commands take it: `payments billing-worker`. */
  readonly clientArguments: string;
  /** Scopes that the client may ask for. */
  readonly scopes: readonly string[];
  readonly records: ClientRecords;
  readonly change: OverrideChange;
  readonly author: ChangeAuthor;
  readonly nowMs: number;
  readonly rules: ClaimRules;
}
