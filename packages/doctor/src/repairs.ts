import type { TriggerFields } from './attached-function.ts';

/** How to attach the trigger to a pool of another owner. */
export interface AttachRequest {
  readonly userPoolId: string;
  /** The alias of the trigger. */
  readonly triggerArn: string;
  /** The SSM parameter that remembers what the pool called before. */
  readonly parameterName: string;
}

/** Settings of a user pool that may be changed; all others stay as they are. */
export interface PoolChanges {
  /** Attaches this function, by alias, as the V3_0 trigger. */
  readonly triggerArn?: string;
  /** Puts these fields in place of the attached trigger. */
  readonly triggerFields?: TriggerFields;
  readonly plan?: 'ESSENTIALS' | 'PLUS';
  readonly isDeletionProtected?: true;
  /** Closes sign-up. */
  readonly isSignUpClosed?: true;
}

/** A change that is safe to make: a plain value, applied by `applyRepair`. */
export type Repair =
  | {
      readonly kind: 'change-user-pool';
      readonly userPoolId: string;
      readonly changes: PoolChanges;
    }
  /** Of a pool of another owner; what it called before is remembered. */
  | ({ readonly kind: 'attach-trigger' } & AttachRequest)
  | {
      readonly kind: 'allow-invocation';
      readonly functionName: string;
      readonly qualifier: string;
      readonly statementId: string;
      readonly sourceArn: string;
      readonly sourceAccount: string;
    }
  | { readonly kind: 'protect-table'; readonly tableName: string }
  | { readonly kind: 'enable-recovery'; readonly tableName: string };

/** Joins the changes of one pool into one, and puts permissions before the triggers that need them. */
export function mergeRepairs(repairs: readonly Repair[]): Repair[] {
  const changesByPool = new Map<string, PoolChanges>();
  const others = repairs.filter((repair) => {
    if (repair.kind === 'attach-trigger') return false;
    if (repair.kind !== 'change-user-pool') return true;
    const { userPoolId, changes } = repair;
    changesByPool.set(userPoolId, { ...changesByPool.get(userPoolId), ...changes });
    return false;
  });
  const pools = [...changesByPool].map(
    ([userPoolId, changes]): Repair => ({ kind: 'change-user-pool', userPoolId, changes }),
  );
  return [...others, ...pools, ...repairs.filter(({ kind }) => kind === 'attach-trigger')];
}

/** Says what a repair changes, a line for each setting. */
export function describeRepair(repair: Repair): string[] {
  switch (repair.kind) {
    case 'change-user-pool':
      return describeChanges(repair.changes).map((line) => `${repair.userPoolId}: ${line}`);
    case 'attach-trigger':
      return [`${repair.userPoolId}: attach ${repair.triggerArn} as V3_0 trigger`];
    case 'allow-invocation':
      return [
        `${repair.functionName}:${repair.qualifier}: let Amazon Cognito invoke it for ${repair.sourceArn} of account ${repair.sourceAccount}`,
      ];
    case 'protect-table':
      return [`${repair.tableName}: turn deletion protection on`];
    case 'enable-recovery':
      return [`${repair.tableName}: turn point-in-time recovery on`];
  }
}

function describeChanges({ triggerArn, plan, isDeletionProtected, isSignUpClosed }: PoolChanges) {
  return [
    triggerArn && `attach ${triggerArn} as V3_0 trigger`,
    plan && `feature plan ${plan}`,
    isDeletionProtected && 'turn deletion protection on',
    isSignUpClosed && 'close sign-up',
  ].filter((change) => typeof change === 'string');
}
