import type { TriggerSettings } from '@cognito-m2m/environment';

/** What the function's environment is made of. */
export interface LambdaEdges {
  readonly region: string;
  readonly tableName: string;
  readonly dynamoDbEndpoint: string;
  readonly settings: TriggerSettings;
}

/** Credentials that nothing checks: an AWS-compatible API on this machine takes any. */
export const LOCAL_CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' } as const;

/** The trigger's environment variables, as the deploy sets them and as AWS Lambda adds its own. */
export function toLambdaEnvironment(edges: LambdaEdges): { readonly [name: string]: string } {
  const { region, tableName, dynamoDbEndpoint, settings } = edges;
  return {
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: LOCAL_CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: LOCAL_CREDENTIALS.secretAccessKey,
    AWS_ENDPOINT_URL_DYNAMODB: dynamoDbEndpoint,
    AWS_LAMBDA_FUNCTION_NAME: TRIGGER_FUNCTION_NAME,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(settings.memoryMb),
    CLAIMS_TABLE_NAME: tableName,
    CLAIMS_CACHE_SECONDS: String(settings.cacheSeconds),
    CLAIMS_MAX_STALE_SECONDS: String(settings.maxStaleSeconds),
    CLAIMS_SIZE_BUDGET_BYTES: String(settings.sizeBudgetBytes),
    POWERTOOLS_SERVICE_NAME: TRIGGER_FUNCTION_NAME,
    POWERTOOLS_LOG_LEVEL: 'INFO',
    TZ: ':UTC',
    // On AWS the function runs on its own Node.js; the one of this machine is no news to its log.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  };
}

/** The name that the function has here. */
const TRIGGER_FUNCTION_NAME = 'pre-token-generation';

/** The function's ARN, in an account that does not exist. */
export function toFunctionArn(region: string): string {
  return `arn:aws:lambda:${region}:000000000000:function:${TRIGGER_FUNCTION_NAME}`;
}
