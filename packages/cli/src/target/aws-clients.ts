import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';

/**
 * Amazon Cognito takes few describe calls a second: the adaptive mode slows down when it is throttled, instead of giving up.
 *
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
 */
export const PATIENT = { retryMode: 'adaptive', maxAttempts: 8 };

/** One client for each AWS service that `m2m` talks to. */
export interface AwsClients {
  readonly cognito: CognitoIdentityProviderClient;
  readonly dynamoDb: DynamoDBClient;
  readonly lambda: LambdaClient;
  readonly secretsManager: SecretsManagerClient;
  readonly ssm: SSMClient;
  readonly sts: STSClient;
}

/** Creates the clients of one Region; credentials and `AWS_ENDPOINT_URL` are the SDK's standard ones. */
export function createAwsClients(region: string): AwsClients {
  const config = { region };
  return {
    cognito: new CognitoIdentityProviderClient({ ...config, ...PATIENT }),
    dynamoDb: new DynamoDBClient(config),
    lambda: new LambdaClient(config),
    secretsManager: new SecretsManagerClient(config),
    ssm: new SSMClient(config),
    sts: new STSClient(config),
  };
}
