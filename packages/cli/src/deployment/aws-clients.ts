import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { IAMClient } from '@aws-sdk/client-iam';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import { proxyOfSdk } from '@cognito-m2m/doctor/http-proxy';

/**
 * Amazon Cognito takes few describe calls a second, and AWS CloudTrail two look-ups: the adaptive mode slows down when it is throttled, instead of giving up.
 *
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
 */
export const PATIENT = { retryMode: 'adaptive', maxAttempts: 8 };

/** One client for each AWS service that `m2m` talks to. */
export interface AwsClients {
  readonly cognito: CognitoIdentityProviderClient;
  readonly dynamoDb: DynamoDBClient;
  readonly iam: IAMClient;
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
  const config = { region, ...proxyOfSdk(process.env), ...access };
  const clients = {
    cognito: new CognitoIdentityProviderClient({ ...config, ...PATIENT }),
    dynamoDb: new DynamoDBClient(config),
    iam: new IAMClient(config),
    lambda: new LambdaClient(config),
    secretsManager: new SecretsManagerClient(config),
    ssm: new SSMClient(config),
    sts: new STSClient(config),
  };
  nameOperations(Object.values(clients));
  return clients;
}

/** Where the AWS SDK runs the middleware: around everything else. */
const PLACE = { step: 'initialize', name: 'nameOperation' } as const;

/** As much of a client of the AWS SDK as is needed here. */
interface SdkClient {
  readonly middlewareStack: {
    add(middleware: typeof nameOperation, place: typeof PLACE): void;
  };
}

/** Makes every error of some clients say which operation failed: `operation: 'SSM GetParameters'`. */
function nameOperations(clients: readonly SdkClient[]): void {
  for (const { middlewareStack } of clients) middlewareStack.add(nameOperation, PLACE);
}

function nameOperation<Args, Output>(
  next: (args: Args) => Promise<Output>,
  names: { readonly clientName?: string; readonly commandName?: string },
): (args: Args) => Promise<Output> {
  const { clientName = '', commandName = '' } = names;
  const operation = `${clientName.replace(/Client$/, '')} ${commandName.replace(/Command$/, '')}`;
  return (args) =>
    next(args).catch((error: unknown) => {
      throw error instanceof Error ? Object.assign(error, { operation }) : error;
    });
}
