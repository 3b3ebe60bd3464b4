import { isDeepStrictEqual } from 'node:util';
import {
  type CognitoIdentityProviderClient,
  DescribeUserPoolCommand,
  UpdateUserPoolCommand,
  type UpdateUserPoolRequest,
  type UserPoolType,
} from '@aws-sdk/client-cognito-identity-provider';
import { DeleteParameterCommand, PutParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { ifFound } from './gather/optional-reads.ts';
import { readAttachment } from './gather/parameters.ts';
import {
  type Attachment,
  type AttachRequest,
  type PoolChanges,
  type TriggerFields,
  toUpdateRequest,
  triggerFieldsOf,
} from './update-pool-request.ts';

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
export interface AttachmentClients {
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
export type DetachOutcome = 'detached' | 'not-attached';

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
