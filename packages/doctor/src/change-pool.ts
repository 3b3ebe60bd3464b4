import { isDeepStrictEqual } from 'node:util';
import {
  type CognitoIdentityProviderClient,
  DescribeUserPoolCommand,
  type LambdaConfigType,
  UpdateUserPoolCommand,
  type UpdateUserPoolRequest,
  UpdateUserPoolRequest$,
  type UserPoolType,
} from '@aws-sdk/client-cognito-identity-provider';
import { DeleteParameterCommand, PutParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { filterMembers } from '@cognito-m2m/claim-schema/values';
import type { Attachment, TriggerFields } from './attached-function.ts';
import { ifFound } from './gather/optional-reads.ts';
import { readAttachment } from './gather/parameters.ts';
import type { AttachRequest, PoolChanges } from './repairs.ts';

/** A user pool that, read back after a change, is not as it was asked to be. */
export class PoolChangeError extends Error {
  override readonly name = 'PoolChangeError';
  readonly code = 'ERR_POOL_CHANGED';
  /** The settings that differ, as the API names them. */
  readonly settings: readonly string[];

  constructor(userPoolId: string, settings: readonly string[]) {
    super(`User pool ${userPoolId} differs from what was written: ${settings.join(', ')}.`);
    this.settings = settings;
  }
}

/** What is needed to change a pool and to remember what it was. */
interface AttachmentClients {
  readonly cognito: CognitoIdentityProviderClient;
  readonly ssm: SSMClient;
}

/**
 * Changes some settings of a pool and keeps all others as they are at this moment, then reads the pool back.
 *
 * @throws {PoolChangeError} If any setting then differs from what was written.
 */
export async function changePool(
  cognito: CognitoIdentityProviderClient,
  userPoolId: string,
  changes: PoolChanges,
): Promise<void> {
  const request = toUpdateRequest(userPoolId, await describe(cognito, userPoolId), changes);
  await cognito.send(new UpdateUserPoolCommand(request));
  const after = toUpdateRequest(userPoolId, await describe(cognito, userPoolId), {});
  const settings = differingSettings(request, after);
  if (settings.length > 0) throw new PoolChangeError(userPoolId, settings);
}

async function describe(
  cognito: CognitoIdentityProviderClient,
  userPoolId: string,
): Promise<UserPoolType> {
  const command = new DescribeUserPoolCommand({ UserPoolId: userPoolId });
  return (await cognito.send(command)).UserPool ?? {};
}

/** The names of settings that differ. An empty one and none are the same to Amazon Cognito. */
function differingSettings(wanted: UpdateUserPoolRequest, found: UpdateUserPoolRequest): string[] {
  const foundSettings = new Map<string, unknown>(Object.entries(found));
  return Object.entries({ ...found, ...wanted }).flatMap(([name, value]) =>
    isDeepStrictEqual(value ?? {}, foundSettings.get(name) ?? {}) ? [] : [name],
  );
}

/**
 * Attaches the trigger to a pool of another owner, and remembers what was attached before.
 *
 * The memory is written first: whatever ends this between two steps, running it again or {@link detachTrigger} completes it.
 *
 * @throws {PoolChangeError} See {@link changePool}.
 */
export async function attachTrigger(
  { cognito, ssm }: AttachmentClients,
  { userPoolId, triggerArn, parameterName }: AttachRequest,
): Promise<void> {
  const before = triggerFieldsOf(await describe(cognito, userPoolId));
  // Of a pool that calls the trigger already, the memory holds what it called before that.
  if (
    !isTrigger(before, triggerArn) &&
    !(await isRemembered(ssm, { parameterName, userPoolId }, before))
  ) {
    const attachment: Attachment = { userPoolId, before };
    await ssm.send(
      new PutParameterCommand({
        Name: parameterName,
        Description: 'What the user pool called before m2m attach; m2m detach puts it back',
        Type: 'String',
        Value: JSON.stringify(attachment),
        Overwrite: true,
      }),
    );
  }
  await changePool(cognito, userPoolId, { triggerArn });
}

/**
 * True if the memory still holds: whatever took the trigger off left no function, or the one that is remembered.
 *
 * Terraform attaches a function for V1_0 events again as V3_0, because it keeps the version that it found.
 */
async function isRemembered(
  ssm: SSMClient,
  { parameterName, userPoolId }: Pick<AttachRequest, 'parameterName' | 'userPoolId'>,
  now: TriggerFields,
): Promise<boolean> {
  const memory = await readAttachment(ssm, parameterName);
  if (memory?.userPoolId !== userPoolId) return false;
  const functionArn = functionOf(now);
  return functionArn === undefined || functionArn === functionOf(memory.before);
}

/** How {@link detachTrigger} ended: the former trigger is back; or the pool did not call ours, and was left as it is. */
type DetachOutcome = 'detached' | 'not-attached';

/**
 * Puts back what a pool called before the trigger was attached, and deletes the memory of it.
 *
 * @throws {PoolChangeError} See {@link changePool}.
 */
export async function detachTrigger(
  { cognito, ssm }: AttachmentClients,
  { userPoolId, triggerArn, parameterName }: AttachRequest,
  { before }: Attachment,
): Promise<DetachOutcome> {
  const isAttached = isTrigger(triggerFieldsOf(await describe(cognito, userPoolId)), triggerArn);
  if (isAttached) await changePool(cognito, userPoolId, { triggerFields: before });
  const forget = new DeleteParameterCommand({ Name: parameterName });
  await ifFound(ssm.send(forget));
  return isAttached ? 'detached' : 'not-attached';
}

function isTrigger(fields: TriggerFields, triggerArn: string): boolean {
  return functionOf(fields) === triggerArn;
}

function functionOf(fields: TriggerFields): string | undefined {
  const { PreTokenGeneration, PreTokenGenerationConfig } = fields;
  return PreTokenGenerationConfig?.LambdaArn ?? PreTokenGeneration;
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
function triggerFieldsOf({ LambdaConfig = {} }: UserPoolType): TriggerFields {
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
