import { Logger } from '@aws-lambda-powertools/logger';
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { IAMClient } from '@aws-sdk/client-iam';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SNSClient } from '@aws-sdk/client-sns';
import { SSMClient } from '@aws-sdk/client-ssm';
import { readWatchedVariable, WATCH_VARIABLES } from '@cognito-m2m/doctor/watch-settings';
import { watchName } from '@cognito-m2m/environment/names';
import { createHandler } from './create-handler.ts';
import { AWS_CONFIG, clock, openWatchStore, variable, wait, writeLine } from './edges.ts';
import { createWatcher } from './watcher.ts';

const watched = readWatchedVariable(variable(WATCH_VARIABLES.declared));
const dynamoDb = new DynamoDBClient(AWS_CONFIG);

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
    store: openWatchStore(dynamoDb),
    clock,
    wait,
  }),
  logger: new Logger({ serviceName: watchName(watched.name) }),
  writeLine,
  clock,
  service: watchName(watched.name),
});
