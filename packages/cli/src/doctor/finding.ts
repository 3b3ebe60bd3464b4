import type { Repair } from './repairs/repair.ts';

/** Every check, by the name that `--json` shows. */
type CheckName =
  | 'pool-deployed'
  | 'trigger-attached'
  | 'pool-plan'
  | 'pool-domain'
  | 'pool-protection'
  | 'pool-sign-up'
  | 'trigger-alias'
  | 'trigger-permission'
  | 'trigger-timeout'
  | 'trigger-runtime'
  | 'trigger-contract'
  | 'table-exists'
  | 'table-protection'
  | 'table-recovery'
  | 'client-deployed'
  | 'client-flows'
  | 'client-scopes'
  | 'client-claims'
  | 'secret-age'
  | 'orphan-records'
  | 'records-valid'
  | 'records-contract'
  | 'records-secrets'
  | 'size-budget'
  | 'claims-expiring';

/** One thing that is wrong with a deployment. */
export interface Finding {
  readonly check: CheckName;
  /** `error`: tokens are missing, wrong or at risk now; `warning`: they will be. */
  readonly severity: 'error' | 'warning';
  /** What it is about: `pool payments`, `client payments/billing-worker`, `table m2m-dev-claims`. */
  readonly subject: string;
  /** What is the case; never a claim value. */
  readonly what: string;
  readonly why: string;
  /** What to do about it; it names a command. */
  readonly how: string;
  /** What `--fix` does; absent where a person must decide. */
  readonly repair?: Repair;
}
