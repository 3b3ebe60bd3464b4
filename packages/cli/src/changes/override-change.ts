import type { Fault, OverrideClaim } from '@cognito-m2m/claim-schema';

/** What an operator wants changed in the override of one client. */
export type OverrideChange =
  | {
      readonly type: 'set';
      readonly claims: { readonly [claimName: string]: OverrideClaim };
      /** Claims that could not be read, and so are not among the others: the change is refused. */
      readonly faults: readonly Fault[];
    }
  | { readonly type: 'unset'; readonly claimNames: readonly string[] }
  /** Back to the claims of an older revision; 0 is the state before the first. The kill switch stays as it is. */
  | { readonly type: 'rollback'; readonly toRevision: number }
  | { readonly type: 'disable' }
  | { readonly type: 'enable' };

/** Who changes it, and why. */
export interface ChangeAuthor {
  readonly updatedBy: string;
  readonly reason: string;
}
