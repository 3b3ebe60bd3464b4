import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { VERSION } from '@cognito-m2m/claim-schema';
import { toTriggerVariables } from '@cognito-m2m/claims-store/trigger-settings';
import { type Environment, toTokenIssuersVariable } from '@cognito-m2m/environment';
import { LocalCognitoError } from '../model/errors.ts';

/**
 * Finds the trigger's bundle.
 *
 * @param bundle - A path or a `file:` URL. @default the production bundle of this repository
 * @returns A `file:` URL.
 * @throws {LocalCognitoError} `ERR_LOCAL_BUNDLE_MISSING` if there is no such file.
 */
export async function findBundle(bundle?: string | URL): Promise<string> {
  const url = bundle === undefined ? productionBundle() : toFileUrl(bundle);
  await access(new URL(url)).catch((cause: unknown) => {
    throw missing(fileURLToPath(url), bundle === undefined, cause);
  });
  return url;
}

function productionBundle(): string {
  try {
    return import.meta.resolve('@cognito-m2m/pre-token-generation/bundle');
  } catch (cause) {
    // Jest looks whether the file exists; Node leaves that to whoever opens it.
    throw missing('of @cognito-m2m/pre-token-generation', true, cause);
  }
}

function toFileUrl(bundle: string | URL): string {
  if (bundle instanceof URL) return bundle.href;
  return bundle.startsWith('file:') ? bundle : pathToFileURL(resolve(bundle)).href;
}

function missing(where: string, isProduction: boolean, cause: unknown): LocalCognitoError {
  const advice = isProduction ? ' Build it with: npx -y pnpm@12 build' : '';
  const message = `There is no trigger bundle ${where}.${advice}`;
  return new LocalCognitoError('ERR_LOCAL_BUNDLE_MISSING', message, { cause });
}

/** What the function's environment is made of. */
export interface LambdaEdges {
  readonly region: string;
  readonly tableName: string;
  readonly dynamoDbEndpoint: string;
  readonly declared: Pick<Environment, 'pools' | 'trigger'>;
}

/** Credentials that nothing checks: an AWS-compatible API on this machine takes any. */
export const LOCAL_CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' } as const;

/** The trigger's environment variables, as the deploy sets them and as AWS Lambda adds its own. */
export function toLambdaEnvironment(edges: LambdaEdges): { readonly [name: string]: string } {
  const { region, tableName, dynamoDbEndpoint, declared } = edges;
  const settings = declared.trigger;
  return {
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: LOCAL_CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: LOCAL_CREDENTIALS.secretAccessKey,
    AWS_ENDPOINT_URL_DYNAMODB: dynamoDbEndpoint,
    AWS_LAMBDA_FUNCTION_NAME: TRIGGER_FUNCTION_NAME,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(settings.memoryMb),
    ...toTriggerVariables({
      ...settings,
      tableName,
      tokenIssuers: toTokenIssuersVariable(declared),
      contractDigest: undefined,
      version: VERSION,
    }),
    POWERTOOLS_SERVICE_NAME: TRIGGER_FUNCTION_NAME,
    POWERTOOLS_LOG_LEVEL: 'INFO',
    TZ: ':UTC',
    // On AWS the function runs on its own Node.js; the version on this machine says nothing about it.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  };
}

/** The name that the function has here. */
const TRIGGER_FUNCTION_NAME = 'pre-token-generation';

/** The function's ARN, in an account that does not exist. */
export function toFunctionArn(region: string): string {
  return `arn:aws:lambda:${region}:000000000000:function:${TRIGGER_FUNCTION_NAME}`;
}
