import {
  CognitoIdentityProviderClient,
  DescribeUserPoolCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { ifFound, toAttachedFunction } from '@cognito-m2m/doctor';
import type { Environment } from '@cognito-m2m/environment';
import { APPLICATION, environmentOfTrigger, poolStackName } from '@cognito-m2m/environment/names';
import { InfraError } from '../errors.ts';
import { attachmentUnknown, questionConfig } from './aws-question.ts';
import type { Request, RevokedPool } from './read-request.ts';

/** What is checked, and for whom. */
interface DetachedCheck {
  readonly command: Request['command'];
  readonly environment: Pick<Environment, 'name' | 'region'>;
  /** The names of pools whose token requests may fail: they are not asked. */
  readonly brokenPools: readonly string[];
}

/**
 * Checks that no pool of another owner calls a trigger that it may not call after this run.
 *
 * Amazon Cognito refuses every token request of such a pool, those of users included.
 *
 * @throws {InfraError} `ERR_INFRA_STILL_ATTACHED` with every pool that does; `ERR_INFRA_ATTACHMENT_UNKNOWN` if a pool cannot be
 *   asked.
 */
export function checkDetached(check: DetachedCheck, pools: readonly RevokedPool[]): Promise<void> {
  const { name } = check.environment;
  return refuseIfCalling(check, pools, {
    why: `user pools of another owner still call the trigger of ${name}, and after\nthis run every token request of theirs would fail, those of users included. Detach the trigger first:`,
    how: (pool) => `m2m detach ${pool} --env ${name}`,
  });
}

/**
 * Checks that the environment file still declares each pool of another owner that calls the trigger.
 *
 * A deploy without the pool leaves its stack as it is, but the trigger forgets the function for its users and the issuers of its
 * tokens; a destroy takes the trigger away.
 *
 * @param pools - Those that the file does not declare.
 * @throws {InfraError} As `checkDetached`.
 */
export function checkForgotten(check: DetachedCheck, pools: readonly RevokedPool[]): Promise<void> {
  const { name } = check.environment;
  return refuseIfCalling(check, pools, {
    why: `user pools that the environment file no longer declares still call the trigger\nof ${name}. With this file their tokens would lose claims or fail, those of users included. First:`,
    how: (pool) =>
      `declare pool "${pool}" again, m2m detach ${pool} --env ${name}, then destroy ${poolStackName(name, pool)}`,
  });
}

/** Why a run is refused, and what to do for each pool. */
interface Refusal {
  readonly why: string;
  readonly how: (pool: string) => string;
}

/** Asks each pool which function it calls. */
async function refuseIfCalling(
  check: DetachedCheck,
  pools: readonly RevokedPool[],
  refusal: Refusal,
): Promise<void> {
  const asked = pools.filter(({ name }) => !check.brokenPools.includes(name));
  if (asked.length === 0) return;
  const cognito = new CognitoIdentityProviderClient(questionConfig(check.environment.region));
  const calling: RevokedPool[] = [];
  for (const pool of asked) {
    const isCalling = await isOwnersAndCalls(cognito, check, pool).catch((error) => {
      throw unknown(check, pool, error);
    });
    if (isCalling) calling.push(pool);
  }
  cognito.destroy();
  if (calling.length > 0) throw stillAttached(check, calling, refusal);
}

/** True if a pool that no deploy of this environment created calls its trigger. */
async function isOwnersAndCalls(
  cognito: CognitoIdentityProviderClient,
  { environment: { name } }: DetachedCheck,
  { userPoolId }: RevokedPool,
): Promise<boolean> {
  const describe = new DescribeUserPoolCommand({ UserPoolId: userPoolId });
  const { UserPool = {} } = (await ifFound(cognito.send(describe))) ?? {};
  const { application, environment } = UserPool.UserPoolTags ?? {};
  const isOurs = application === APPLICATION && environment === name;
  const attached = toAttachedFunction(UserPool.LambdaConfig ?? {});
  return !isOurs && environmentOfTrigger(attached?.functionArn ?? '') === name;
}

function stillAttached(
  { command }: DetachedCheck,
  pools: readonly RevokedPool[],
  { why, how }: Refusal,
): InfraError {
  const message = [
    `${command} is refused. Nothing was changed: ${why}`,
    ...pools.map(({ name, userPoolId }) => `  - ${userPoolId}: ${how(name)}`),
    "If the code of a pool's owner attached it, it must be taken out there, or the owner's next deploy attaches it again.",
    `To break their tokens: ${pools.map(({ name }) => `--break-tokens ${name}`).join(' ')}`,
  ].join('\n');
  return new InfraError('ERR_INFRA_STILL_ATTACHED', message);
}

function unknown(
  { command, environment }: DetachedCheck,
  { name, userPoolId }: RevokedPool,
  cause: unknown,
): InfraError {
  return attachmentUnknown(cause, {
    what: [
      `${command} is refused. Nothing was changed: Amazon Cognito did not say whether user pool ${userPoolId} still calls the trigger`,
      `of ${environment.name}. If it does, every token request of the pool would fail after this run.`,
    ],
    next: [
      `Run it with credentials that may call cognito-idp:DescribeUserPool on the pool. If you know that the pool does not call the`,
      `trigger: --break-tokens ${name}`,
    ],
  });
}
