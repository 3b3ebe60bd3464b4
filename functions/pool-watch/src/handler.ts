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
import { createWatcher } from './watcher.ts';

/** An AWS that hangs must not take the whole minute of a look; in milliseconds. */
const REQUEST_TIMEOUT_MS = 5_000;

function variable(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set.`);
  return value;
}

const watched = readWatchedVariable(variable(WATCH_VARIABLES.declared));
const config = {
  maxAttempts: 3,
  requestHandler: {
    requestTimeout: REQUEST_TIMEOUT_MS,
    throwOnRequestTimeout: true,
    connectionTimeout: REQUEST_TIMEOUT_MS,
    socketTimeout: REQUEST_TIMEOUT_MS,
  },
};
const dynamoDb = new DynamoDBClient(config);
const clock = () => Date.now();

/** The entry of the function. */
export const handler = createHandler({
  watcher: createWatcher({
    watched,
    triggerVersion: process.env[WATCH_VARIABLES.triggerVersion] || undefined,
    topicArn: process.env[WATCH_VARIABLES.topicArn] || undefined,
    clients: {
      cognito: new CognitoIdentityProviderClient(config),
      dynamoDb,
      iam: new IAMClient(config),
      lambda: new LambdaClient(config),
      secretsManager: new SecretsManagerClient(config),
      sns: new SNSClient(config),
      ssm: new SSMClient(config),
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
  // Powertools' own lines have members that would hide those of the metrics.
  writeLine: (line) => console.log(line),
  clock,
  service: watchName(watched.name),
});
