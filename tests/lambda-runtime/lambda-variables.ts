/**
 * The variables that Lambda sets itself.
 *
 * @param taskRoot - The folder with `index.mjs` or `index.cjs`.
 */
export function lambdaVariables(taskRoot: string): { readonly [name: string]: string } {
  return {
    AWS_LAMBDA_FUNCTION_NAME: 'pre-token-generation',
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
    AWS_LAMBDA_LOG_GROUP_NAME: 'group',
    AWS_LAMBDA_LOG_STREAM_NAME: 'stream',
    // As the deploy asks for.
    AWS_LAMBDA_LOG_FORMAT: 'JSON',
    AWS_LAMBDA_LOG_LEVEL: 'INFO',
    // Nobody listens there: what goes over HTTP otherwise takes another way.
    AWS_LAMBDA_RUNTIME_API: '127.0.0.1:1',
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    LAMBDA_TASK_ROOT: taskRoot,
    _HANDLER: 'index.handler',
  };
}
