import { Logger } from '@aws-lambda-powertools/logger';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SSMClient } from '@aws-sdk/client-ssm';
import { createClaimsReader } from '@cognito-m2m/claims-store/reader';
import { contract } from '@cognito-m2m/contract';
import {
  readCanaryVariable,
  readWatchedVariable,
  WATCH_VARIABLES,
} from '@cognito-m2m/doctor/watch-settings';
import { tableName, watchName } from '@cognito-m2m/environment/names';
import { proveTokens } from './canary.ts';
import { createCanaryHandler } from './create-handler.ts';
import { AWS_CONFIG, clock, openWatchStore, variable, wait, writeLine } from './edges.ts';

const { name, region, trigger } = readWatchedVariable(variable(WATCH_VARIABLES.declared));
const canaries = readCanaryVariable(variable(WATCH_VARIABLES.canaries));
const dynamoDb = new DynamoDBClient(AWS_CONFIG);
const secretsManager = new SecretsManagerClient(AWS_CONFIG);
const ssm = new SSMClient(AWS_CONFIG);

/** The entry of the function: the same role, claims and contract as a service that uses its token. */
export const handler = createCanaryHandler({
  prove: () =>
    proveTokens({
      environment: name,
      region,
      canaries,
      contract,
      sizeBudgetBytes: trigger.sizeBudgetBytes,
      cacheSeconds: trigger.cacheSeconds,
      ssm,
      secrets: { getSecretValue: (input) => secretsManager.send(new GetSecretValueCommand(input)) },
      reader: createClaimsReader({ client: dynamoDb, tableName: tableName(name) }),
      store: openWatchStore(dynamoDb),
      clock,
      wait,
    }),
  logger: new Logger({ serviceName: watchName(name) }),
  writeLine,
  clock,
  service: watchName(name),
});
