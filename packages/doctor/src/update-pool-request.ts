import {
  type LambdaConfigType,
  type UpdateUserPoolRequest,
  UpdateUserPoolRequest$,
  type UserPoolType,
} from '@aws-sdk/client-cognito-identity-provider';
import { filterMembers } from '@cognito-m2m/claim-schema/values';

/** What a user pool says of its pre-token-generation trigger, in both fields that the API has for it. */
export type TriggerFields = Pick<
  LambdaConfigType,
  'PreTokenGeneration' | 'PreTokenGenerationConfig'
>;

/** What a pool of another owner called before our trigger was attached; kept from before the change until it is undone. */
export interface Attachment {
  readonly userPoolId: string;
  readonly before: TriggerFields;
}

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

/** Where the API's model of a structure keeps the names of its members. */
const MEMBER_NAMES = 4;

/**
 * Keeps what an update takes of a description, by the API's own model: a setting that AWS adds is kept from the next SDK on.
 *
 * @param request - The SDK's model of the update's request.
 */
export function keepUpdatable<T extends object>(
  request: readonly unknown[],
  described: T,
): Partial<T> {
  const updatable = [request[MEMBER_NAMES]].flat();
  return filterMembers(described, (value, name) => updatable.includes(name) && value !== undefined);
}

/**
 * Makes the request that changes some settings of a pool and keeps all others.
 *
 * `UpdateUserPool` resets what a request leaves out, so the request holds everything that `DescribeUserPool` answered and
 * the update takes.
 *
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UpdateUserPool.html
 */
export function toUpdateRequest(
  userPoolId: string,
  described: UserPoolType,
  changes: PoolChanges,
): UpdateUserPoolRequest {
  const kept = keepUpdatable(UpdateUserPoolRequest$, described);
  const invitation = keptInvitation(described, changes);
  const request: UpdateUserPoolRequest = {
    ...kept,
    UserPoolId: userPoolId,
    PoolName: described.Name,
    AdminCreateUserConfig: invitation ?? kept.AdminCreateUserConfig,
    LambdaConfig: changedTriggers(described.LambdaConfig, changes),
    UserPoolTier: changes.plan ?? kept.UserPoolTier,
    DeletionProtection: changes.isDeletionProtected ? 'ACTIVE' : kept.DeletionProtection,
  };
  // Without members that are `undefined`.
  return { ...keepUpdatable(UpdateUserPoolRequest$, request), UserPoolId: userPoolId };
}

const TRIGGER_FIELDS = ['PreTokenGeneration', 'PreTokenGenerationConfig'];

/** Reads what a pool says of its pre-token-generation trigger; only the fields that are set. */
export function triggerFieldsOf({ LambdaConfig = {} }: UserPoolType): TriggerFields {
  const fields = Object.entries(LambdaConfig);
  return Object.fromEntries(
    fields.filter(([name, value]) => TRIGGER_FIELDS.includes(name) && value !== undefined),
  );
}

function changedTriggers(
  config: LambdaConfigType | undefined,
  { triggerArn, triggerFields }: PoolChanges,
): LambdaConfigType | undefined {
  if (triggerArn !== undefined) return withTrigger(config, triggerArn);
  return triggerFields === undefined ? config : { ...withoutTrigger(config), ...triggerFields };
}

function withoutTrigger(config: LambdaConfigType = {}): LambdaConfigType {
  const { PreTokenGeneration, PreTokenGenerationConfig, ...others } = config;
  return others;
}

function withTrigger(config: UserPoolType['LambdaConfig'], triggerArn: string) {
  return {
    ...config,
    // The older field, where it is set, must name the same function.
    ...(config?.PreTokenGeneration !== undefined && { PreTokenGeneration: triggerArn }),
    PreTokenGenerationConfig: { LambdaArn: triggerArn, LambdaVersion: 'V3_0' as const },
  };
}

// The number of days moved into the password policy; AWS answers both and refuses a request with both.
function keptInvitation(
  { AdminCreateUserConfig, Policies }: UserPoolType,
  { isSignUpClosed }: PoolChanges,
) {
  const closed = isSignUpClosed && { AllowAdminCreateUserOnly: true };
  if (AdminCreateUserConfig === undefined) return closed || undefined;
  const { UnusedAccountValidityDays, ...rest } = AdminCreateUserConfig;
  const hasDays = Policies?.PasswordPolicy?.TemporaryPasswordValidityDays !== undefined;
  const days =
    UnusedAccountValidityDays === undefined || hasDays ? {} : { UnusedAccountValidityDays };
  return { ...rest, ...days, ...closed };
}
