import { Logger } from '@aws-lambda-powertools/logger';
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { IAMClient } from '@aws-sdk/client-iam';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SNSClient } from '@aws-sdk/client-sns';
import { SSMClient } from '@aws-sdk/client-ssm';
import { readWatchedVariable, WATCH_VARIABLES } from '@cognito-m2m/doctor/watch-settings';
import { createWatchStore } from '@cognito-m2m/doctor/watch-store';
import { watchName } from '@cognito-m2m/environment/names';
import { createHandler } from './create-handler.ts';
import { AWS_CONFIG, variable } from './edges.ts';
import { createWatcher } from './watcher.ts';

const watched = readWatchedVariable(variable(WATCH_VARIABLES.declared));
const dynamoDb = new DynamoDBClient(AWS_CONFIG);
const clock = () => Date.now();

/** The entry of the function. */
export const handler = createHandler({
  watcher: createWatcher({
    watched,
    triggerVersion: process.env[WATCH_VARIABLES.triggerVersion] || undefined,
    topicArn: process.env[WATCH_VARIABLES.topicArn] || undefined,
    clients: {
      cognito: new CognitoIdentityProviderClient(AWS_CONFIG),
      dynamoDb,
      iam: new IAMClient(AWS_CONFIG),
      lambda: new LambdaClient(AWS_CONFIG),
      secretsManager: new SecretsManagerClient(AWS_CONFIG),
      sns: new SNSClient(AWS_CONFIG),
      ssm: new SSMClient(AWS_CONFIG),
    },
    store: createWatchStore({
      client: dynamoDb,
      tableName: variable(WATCH_VARIABLES.tableName),
      clock,
    }),
    clock,
    wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  }),
  logger: new Logger({ serviceName: watchName(watched.name) }),
  // Not by the console, which AWS Lambda wraps: CloudWatch finds metrics in a line that is nothing else.
  writeLine: (line) => process.stdout.write(`${line}\n`),
  clock,
  service: watchName(watched.name),
});
