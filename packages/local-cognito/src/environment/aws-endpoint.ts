import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SSMClient } from '@aws-sdk/client-ssm';
import type { Cleanup } from '../model/cleanup.ts';
import { LocalCognitoError } from '../model/errors.ts';
import { LOCAL_CREDENTIALS } from '../trigger/lambda-environment.ts';

/** An API on this machine answers in milliseconds; one that does not within this time is down. */
const REQUEST_TIMEOUT_MS = 10_000;

/** An AWS-compatible API with a client for each service that is read. */
export interface AwsEndpoint {
  readonly url: string;
  readonly cognito: CognitoIdentityProviderClient;
  readonly dynamoDb: DynamoDBClient;
  readonly ssm: SSMClient;
}

/**
 * Creates the clients of an AWS-compatible API; nothing is sent yet.
 *
 * They sign with made-up credentials: those of the user are never sent to such an address.
 *
 * @throws {LocalCognitoError} `ERR_LOCAL_ENDPOINT_INVALID` if `url` is not a plain http or https URL.
 */
export function createAwsEndpoint(url: string, region: string, cleanup: Cleanup): AwsEndpoint {
  checkUrl(url);
  const options = {
    endpoint: url,
    region,
    credentials: LOCAL_CREDENTIALS,
    maxAttempts: 2,
    requestHandler: { requestTimeout: REQUEST_TIMEOUT_MS, throwOnRequestTimeout: true },
  };
  const cognito = new CognitoIdentityProviderClient(options);
  const dynamoDb = new DynamoDBClient(options);
  const ssm = new SSMClient(options);
  for (const client of [cognito, dynamoDb, ssm]) cleanup.add(() => client.destroy());
  return { url, cognito, dynamoDb, ssm };
}

/**
 * Waits for an answer; what is not there is `undefined`.
 *
 * @param action - What is asked for, for the message: "describe the table …".
 * @throws {LocalCognitoError} `ERR_LOCAL_ENDPOINT_FAILED` if there is no answer, or another error.
 */
export async function readIfThere<T>(
  { url }: AwsEndpoint,
  action: string,
  answer: Promise<T>,
): Promise<T | undefined> {
  try {
    return await answer;
  } catch (cause) {
    const name = cause instanceof Error ? cause.name : 'unknown error';
    if (name === 'ResourceNotFoundException') return undefined;
    const code = cause instanceof Error && 'code' in cause ? ` ${cause.code}` : '';
    const message = `The AWS API at ${url} did not ${action}: ${name}${code}. Is it running?`;
    throw new LocalCognitoError('ERR_LOCAL_ENDPOINT_FAILED', message, { cause });
  }
}

function checkUrl(text: string): void {
  const { protocol, username, password } = new URL(URL.canParse(text) ? text : 'invalid:');
  const isHttp = protocol === 'http:' || protocol === 'https:';
  if (isHttp && username === '' && password === '') return;
  // The value is not repeated: it may contain a password.
  const message =
    'The endpoint URL is not an http or https URL without credentials, such as http://127.0.0.1:5000.';
  throw new LocalCognitoError('ERR_LOCAL_ENDPOINT_INVALID', message);
}
