import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import { nameOperations } from './name-operations.ts';

/**
 * Amazon Cognito takes few describe calls a second: the adaptive mode slows down when it is throttled, instead of giving up.
 *
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
 */
const PATIENT = { retryMode: 'adaptive', maxAttempts: 8 };

/** One client for each AWS service that `m2m` talks to. */
export interface AwsClients {
  readonly cognito: CognitoIdentityProviderClient;
  readonly dynamoDb: DynamoDBClient;
  readonly lambda: LambdaClient;
  readonly secretsManager: SecretsManagerClient;
  readonly ssm: SSMClient;
  readonly sts: STSClient;
}

/** Where the clients find AWS, and as whom. */
interface AwsAccess {
  /** @default `AWS_ENDPOINT_URL`, or AWS itself */
  readonly endpoint?: string;
  /** @default the SDK's standard chain */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** Creates the clients of one Region; their errors say which operation failed. */
export function createAwsClients(region: string, access: AwsAccess = {}): AwsClients {
  const config = { region, ...access };
  const clients = {
    cognito: new CognitoIdentityProviderClient({ ...config, ...PATIENT }),
    dynamoDb: new DynamoDBClient(config),
    lambda: new LambdaClient(config),
    secretsManager: new SecretsManagerClient(config),
    ssm: new SSMClient(config),
    sts: new STSClient(config),
  };
  nameOperations(Object.values(clients));
  return clients;
}
