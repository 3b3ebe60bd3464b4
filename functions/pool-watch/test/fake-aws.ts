import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { IAMClient } from '@aws-sdk/client-iam';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SNSClient } from '@aws-sdk/client-sns';
import { SSMClient } from '@aws-sdk/client-ssm';
import { A_USER_POOL_ID } from './events.ts';

const ALIAS_ARN = 'arn:aws:lambda:eu-central-1:123456789012:function:trigger:live';
const POOL_ARN = `arn:aws:cognito-idp:eu-central-1:123456789012:userpool/${A_USER_POOL_ID}`;

/** What a call answers: an object, an `Error` that is thrown, or what to do with its input. */
type Answer = object | ((input: Readonly<Record<string, unknown>>) => object);

/** A message as Amazon SNS got it. */
interface SentMessage {
  readonly Subject: string;
  readonly Message: string;
}

/** AWS with one deployed pool with nothing wrong; tests change its answers by operation. */
export function createFakeAws(dynamoDb: DynamoDBClient) {
  const calls: string[] = [];
  const messages: SentMessage[] = [];
  const pool: Record<string, unknown> = {
    Id: A_USER_POOL_ID,
    Name: 'm2m-test-payments',
    Arn: POOL_ARN,
    UserPoolTier: 'ESSENTIALS',
    DeletionProtection: 'ACTIVE',
    AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
    Domain: 'acme-test-payments',
    MfaConfiguration: 'OFF',
    LambdaConfig: {
      PreSignUp: 'arn:aws:lambda:eu-central-1:123456789012:function:other',
      PreTokenGenerationConfig: { LambdaArn: ALIAS_ARN, LambdaVersion: 'V3_0' },
    },
  };
  const parameters = new Map([
    ['/m2m/test/payments/user-pool-id', A_USER_POOL_ID],
    ['/m2m/test/payments/table-name', 'claims'],
    [
      '/m2m/test/payments/issuer',
      `https://cognito-idp.eu-central-1.amazonaws.com/${A_USER_POOL_ID}`,
    ],
  ]);
  const answers: Record<string, Answer> = {
    GetParameters: ({ Names }) => ({
      Parameters: [...parameters]
        .filter(([Name]) => (Names as string[]).includes(Name))
        .map(([Name, Value]) => ({ Name, Value })),
    }),
    PutParameter: ({ Name, Value }) => {
      parameters.set(String(Name), String(Value));
      return {};
    },
    DescribeUserPool: () => ({ UserPool: JSON.parse(JSON.stringify(pool)) }),
    UpdateUserPool: ({ UserPoolId: _id, PoolName: _name, ...settings }) => {
      for (const name of ['LambdaConfig', 'AdminCreateUserConfig']) delete pool[name];
      Object.assign(pool, settings);
      return {};
    },
    ListResourceServers: { ResourceServers: [] },
    ListUserPoolClients: { UserPoolClients: [] },
    ListUserPoolClientSecrets: { ClientSecrets: [] },
    ListSecretVersionIds: { Versions: [] },
    GetAlias: { AliasArn: ALIAS_ARN, FunctionVersion: '7' },
    GetFunctionConfiguration: {
      Role: 'arn:aws:iam::123456789012:role/trigger',
      State: 'Active',
      Environment: { Variables: { CLAIMS_TABLE_NAME: 'claims' } },
    },
    GetFunctionConcurrency: {},
    GetPolicy: {
      Policy: JSON.stringify({
        Statement: [
          {
            Sid: 'pool-payments',
            Effect: 'Allow',
            Principal: { Service: 'cognito-idp.amazonaws.com' },
            Condition: {
              ArnLike: { 'AWS:SourceArn': POOL_ARN },
              StringEquals: { 'AWS:SourceAccount': '123456789012' },
            },
          },
        ],
      }),
    },
    SimulatePrincipalPolicy: { EvaluationResults: [{ EvalDecision: 'allowed' }] },
    Publish: ({ Subject, Message }) => {
      messages.push({ Subject: String(Subject), Message: String(Message) });
      return {};
    },
    DescribeTable: {
      Table: { TableArn: 'arn', TableStatus: 'ACTIVE', DeletionProtectionEnabled: true },
    },
    DescribeContinuousBackups: {
      ContinuousBackupsDescription: {
        PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'ENABLED' },
      },
    },
  };
  const send = async (command: { readonly input: object }) => {
    const operation = command.constructor.name.replace(/Command$/, '');
    calls.push(operation);
    const answer = answers[operation];
    if (answer instanceof Error) throw answer;
    if (typeof answer === 'function') return answer({ ...command.input });
    return answer ?? {};
  };
  const config = { region: 'eu-central-1' };
  const fake = <C extends object>(client: C): C => Object.assign(client, { send });
  const realSend = dynamoDb.send.bind(dynamoDb);
  const isDescribe = (command: object) => /^Describe/.test(command.constructor.name);
  return {
    pool,
    parameters,
    answers,
    messages,
    /** How often an operation was called. */
    count: (operation: string) => calls.filter((call) => call === operation).length,
    clients: {
      cognito: fake(new CognitoIdentityProviderClient(config)),
      // Items are real; what DynamoDB says of the table is not.
      dynamoDb: Object.assign(Object.create(dynamoDb) as DynamoDBClient, {
        send: (command: { readonly input: object }) =>
          isDescribe(command) ? send(command) : realSend(command as never),
      }),
      iam: fake(new IAMClient(config)),
      lambda: fake(new LambdaClient(config)),
      secretsManager: fake(new SecretsManagerClient(config)),
      sns: fake(new SNSClient(config)),
      ssm: fake(new SSMClient(config)),
    },
  };
}

/** An error as the AWS SDK throws it. */
export function awsError(name: string): Error {
  return Object.assign(new Error('a message of the service'), { name, $metadata: {} });
}
