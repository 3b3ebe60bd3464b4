import { LambdaClient } from '@aws-sdk/client-lambda';
import { readInvokePermissions } from '@cognito-m2m/doctor/trigger';
import type { Environment } from '@cognito-m2m/environment';
import { permissionStatementId, TRIGGER_ALIAS, triggerName } from '@cognito-m2m/environment/names';
import { attachmentUnknown, questionConfig } from './aws-question.ts';
import type { RevokedPool } from './read-request.ts';

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
  const lambda = new LambdaClient(questionConfig(region));
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

function unknown(environmentName: string, functionName: string, cause: unknown) {
  return attachmentUnknown(cause, {
    what: [
      `Nothing was changed: AWS Lambda did not say which user pools may call the trigger of ${environmentName}. A pool that left the`,
      'environment file and still calls it would lose tokens.',
    ],
    next: [`Run it with credentials that may call lambda:GetPolicy on ${functionName}.`],
  });
}
