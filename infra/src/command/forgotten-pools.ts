import { LambdaClient } from '@aws-sdk/client-lambda';
import { proxyOfSdk } from '@cognito-m2m/doctor/http-proxy';
import { readInvokePermissions } from '@cognito-m2m/doctor/trigger';
import type { Environment } from '@cognito-m2m/environment';
import { permissionStatementId, TRIGGER_ALIAS, triggerName } from '@cognito-m2m/environment/names';
import { InfraError } from '../errors.ts';
import type { RevokedPool } from './read-request.ts';

/** How long AWS Lambda may take to answer, in milliseconds. */
const TIMEOUT_MS = 10_000;

const USER_POOL = /:userpool\/(.+)$/;

/**
 * Finds the pools that may call the trigger and that the environment file no longer declares.
 *
 * One question: the policy of the trigger's alias has a statement of each deployed pool.
 *
 * @returns None before the first deploy.
 * @throws {InfraError} `ERR_INFRA_ATTACHMENT_UNKNOWN` if AWS Lambda does not answer.
 */
export async function findForgottenPools({
  name,
  region,
  pools,
}: Pick<Environment, 'name' | 'region' | 'pools'>): Promise<RevokedPool[]> {
  const { requestHandler } = proxyOfSdk(process.env);
  const limits = { connectionTimeout: TIMEOUT_MS, requestTimeout: TIMEOUT_MS };
  const lambda = new LambdaClient({
    region,
    requestHandler: { ...requestHandler, ...limits, throwOnRequestTimeout: true },
  });
  const functionName = triggerName(name);
  const permissions = await readInvokePermissions(lambda, { functionName, alias: TRIGGER_ALIAS })
    .catch((error) => {
      throw unknown(name, functionName, error);
    })
    .finally(() => lambda.destroy());
  const declared = new Set(pools.map((pool) => permissionStatementId(pool.name)));
  return permissions
    .filter(({ statementId }) => !declared.has(statementId))
    .flatMap(({ statementId, sourceArn = '' }) => {
      const userPoolId = USER_POOL.exec(sourceArn)?.[1];
      const poolName = statementId.replace(permissionStatementId(''), '');
      return userPoolId === undefined ? [] : [{ name: poolName, userPoolId }];
    });
}

function unknown(environmentName: string, functionName: string, cause: unknown): InfraError {
  const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
  const message = [
    `Nothing was changed: AWS Lambda did not say which user pools may call the trigger of ${environmentName}. A pool that left the`,
    'environment file and still calls it would lose tokens.',
    `  ${reason}`,
    `Run it with credentials that may call lambda:GetPolicy on ${functionName}.`,
  ].join('\n');
  return new InfraError('ERR_INFRA_ATTACHMENT_UNKNOWN', message, { cause });
}
