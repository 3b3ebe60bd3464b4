import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { ifFound, readAttachedFunction } from '@cognito-m2m/doctor';
import { proxyOfSdk } from '@cognito-m2m/doctor/http-proxy';
import type { Environment } from '@cognito-m2m/environment';
import { environmentOfTrigger } from '@cognito-m2m/environment/names';
import { InfraError } from '../errors.ts';
import type { Request, RevokedPool } from './read-request.ts';

/** What is checked, and for whom. */
interface DetachedCheck {
  readonly command: Request['command'];
  readonly environment: Pick<Environment, 'name' | 'region'>;
  /** The names of pools whose token requests may fail: they are not asked. */
  readonly brokenPools: readonly string[];
}

/** How long one question to Amazon Cognito may take, in milliseconds. */
const TIMEOUT_MS = 10_000;

/**
 * Checks that no pool of another owner calls a trigger that it may not call after this run.
 *
 * Amazon Cognito refuses every token request of such a pool, those of users included.
 *
 * @throws {InfraError} `ERR_INFRA_STILL_ATTACHED` with every pool that does; `ERR_INFRA_ATTACHMENT_UNKNOWN` if a pool cannot be
 *   asked.
 */
export async function checkDetached(
  check: DetachedCheck,
  pools: readonly RevokedPool[],
): Promise<void> {
  const { command, environment, brokenPools } = check;
  const asked = pools.filter(({ name }) => !brokenPools.includes(name));
  if (asked.length === 0) return;
  const cognito = createClient(environment.region);
  const attached: RevokedPool[] = [];
  for (const pool of asked) {
    const found = await ifFound(readAttachedFunction(cognito, pool.userPoolId)).catch((error) => {
      throw unknown(check, pool, error);
    });
    if (environmentOfTrigger(found?.functionArn ?? '') === environment.name) attached.push(pool);
  }
  cognito.destroy();
  if (attached.length === 0) return;
  const lines = attached.map(
    ({ name, userPoolId }) => `  - ${userPoolId}: m2m detach ${name} --env ${environment.name}`,
  );
  const message = [
    `${command} is refused. Nothing was changed: user pools of another owner still call the trigger of ${environment.name}, and after`,
    'this run every token request of theirs would fail, those of users included. Detach the trigger first:',
    ...lines,
    "If the code of a pool's owner attached it, it must be taken out there, or the owner's next deploy attaches it again.",
    `To break their tokens: ${attached.map(({ name }) => `--break-tokens ${name}`).join(' ')}`,
  ].join('\n');
  throw new InfraError('ERR_INFRA_STILL_ATTACHED', message);
}

function createClient(region: string): CognitoIdentityProviderClient {
  const { requestHandler } = proxyOfSdk(process.env);
  const limits = { connectionTimeout: TIMEOUT_MS, requestTimeout: TIMEOUT_MS };
  return new CognitoIdentityProviderClient({
    region,
    requestHandler: { ...requestHandler, ...limits, throwOnRequestTimeout: true },
  });
}

function unknown(
  { command, environment }: DetachedCheck,
  { name, userPoolId }: RevokedPool,
  cause: unknown,
): InfraError {
  const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
  const message = [
    `${command} is refused. Nothing was changed: Amazon Cognito did not say whether user pool ${userPoolId} still calls the trigger`,
    `of ${environment.name}. If it does, every token request of the pool would fail after this run.`,
    `  ${reason}`,
    `Run it with credentials that may call cognito-idp:DescribeUserPool on the pool. If you know that the pool does not call the`,
    `trigger: --break-tokens ${name}`,
  ].join('\n');
  return new InfraError('ERR_INFRA_ATTACHMENT_UNKNOWN', message, { cause });
}
