import type { Runtime } from './trigger-options.ts';

/** Credentials that nothing checks: an AWS-compatible API on this machine accepts any. */
export const LOCAL_CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' } as const;

/** The function's name unless it has one of its own. */
export const TRIGGER_FUNCTION_NAME = 'pre-token-generation';

/** The function's ARN, in an account that does not exist. */
export function toFunctionArn(region: string, functionName = TRIGGER_FUNCTION_NAME): string {
  return `arn:aws:lambda:${region}:000000000000:function:${functionName}`;
}

/** What a function is, as its variables describe it. */
interface DescribedFunction {
  readonly region: string;
  readonly functionName: string;
  /** The setting, such as `index.handler`. */
  readonly handler: string;
  readonly runtime: Runtime;
  readonly memoryMb: number;
  readonly taskRoot: string;
}

/**
 * The variables that AWS Lambda sets itself.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
export function toLambdaVariables(described: DescribedFunction): {
  readonly [name: string]: string;
} {
  const { region, functionName, handler, runtime, memoryMb, taskRoot } = described;
  return {
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: LOCAL_CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: LOCAL_CREDENTIALS.secretAccessKey,
    AWS_EXECUTION_ENV: `AWS_Lambda_${runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: functionName,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${functionName}`,
    AWS_LAMBDA_LOG_STREAM_NAME: 'local',
    LAMBDA_TASK_ROOT: taskRoot,
    _HANDLER: handler,
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    // On AWS the function runs on its own Node.js; the version on this machine says nothing about it.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  };
}

/** The variables of this process that send AWS clients to other endpoints: those of the function should go there too. */
export function toEndpointVariables(environment: NodeJS.ProcessEnv): {
  readonly [name: string]: string;
} {
  const entries = Object.entries(environment).flatMap(([name, value]) =>
    value !== undefined && name.startsWith('AWS_ENDPOINT_URL') ? [[name, value] as const] : [],
  );
  return Object.fromEntries(entries);
}
