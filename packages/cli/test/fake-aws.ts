import { VERSION } from '@cognito-m2m/claim-schema';
import { digestContract } from '@cognito-m2m/claim-schema/contract-diff';
import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { TRIGGER_VARIABLES } from '@cognito-m2m/claims-store/trigger-settings';
import { createAwsClients } from '../src/deployment/aws-clients.ts';
import type { AwsTarget } from '../src/deployment/aws-target.ts';
import { createClaimsAccess, type Target } from '../src/frame/target.ts';

/**
 * What the fake answers to each operation, such as `DescribeTable`: an `Error` is thrown, a function receives the operation's
 * input. @default `{}`
 */
export type AwsAnswers = {
  readonly [operation: string]: object | ((input: never) => object);
};

/** A fake of AWS, and the operations that it was asked for. */
interface FakeAws {
  readonly target: AwsTarget;
  /** In their order. */
  readonly operations: readonly string[];
}

const POOL_ARN = 'arn:aws:cognito-idp:eu-central-1:123456789012:userpool/eu-central-1_Local0001';
const ALIAS_ARN = 'arn:aws:lambda:eu-central-1:123456789012:function:trigger:live';

const TABLE_ARN = 'arn:aws:dynamodb:eu-central-1:123456789012:table/claims';

/** What AWS Lambda says of a trigger with nothing wrong. */
export const TRIGGER_CONFIGURATION = {
  Runtime: 'nodejs24.x',
  Timeout: 5,
  Role: 'arn:aws:iam::123456789012:role/trigger',
  Environment: {
    Variables: {
      CLAIMS_TABLE_NAME: 'm2m-test-claims',
      CLAIMS_CACHE_SECONDS: '30',
      CLAIMS_MAX_STALE_SECONDS: '900',
      CLAIMS_SIZE_BUDGET_BYTES: '4096',
      [TRIGGER_VARIABLES.contractDigest]: digestContract(contract),
      [TRIGGER_VARIABLES.version]: VERSION,
    },
  },
};

/** An error as the AWS SDK throws it. */
export function awsError(name: string): Error {
  return Object.assign(new Error('a message of the service'), { name, $metadata: {} });
}

/**
 * Puts a fake of AWS before a deployment on local Cognito.
 *
 * @param answers - `Query` takes the place of the real claims table.
 */
export function createFakeAws(local: Target, answers: AwsAnswers): FakeAws {
  const operations: string[] = [];
  const send = async (command: { readonly input?: unknown }) => {
    const operation = command.constructor.name.replace(/Command$/, '');
    operations.push(operation);
    const found = answers[operation] ?? {};
    const answer = typeof found === 'function' ? found(command.input as never) : found;
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const clients = createAwsClients('eu-central-1');
  for (const client of Object.values(clients)) Object.assign(client, { send });
  const openClaims: Target['openClaims'] = (pool) =>
    answers['Query'] === undefined
      ? local.openClaims(pool)
      : createClaimsAccess(clients.dynamoDb, pool.tableName);
  return {
    target: { ...local, kind: 'aws', label: 'a fake of AWS', clients, openClaims },
    operations,
  };
}

/** What AWS answers of a deployment of one pool and one client with nothing wrong. */
export function healthyAnswers(clientId: string): AwsAnswers {
  return {
    DescribeUserPool: { UserPool: aUserPool() },
    ListResourceServers: {
      ResourceServers: [
        { Identifier: 'orders', Scopes: [{ ScopeName: 'read' }, { ScopeName: 'write' }] },
      ],
    },
    ListUserPoolClients: { UserPoolClients: [{ ClientId: clientId }] },
    DescribeUserPoolClient: { UserPoolClient: aUserPoolClient(clientId) },
    GetAlias: { AliasArn: ALIAS_ARN },
    GetFunctionConfiguration: TRIGGER_CONFIGURATION,
    GetPolicy: { Policy: JSON.stringify({ Statement: [aStatement()] }) },
    DescribeTable: { Table: { TableArn: TABLE_ARN, DeletionProtectionEnabled: true } },
    SimulatePrincipalPolicy: { EvaluationResults: [{ EvalDecision: 'allowed' }] },
    ListUserPools: { UserPools: [] },
    DescribeContinuousBackups: {
      ContinuousBackupsDescription: {
        PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'ENABLED' },
      },
    },
  };
}

/** A user pool as Amazon Cognito describes it. */
export function aUserPool(changes: object = {}): object {
  return {
    Id: 'eu-central-1_Local0001',
    Arn: POOL_ARN,
    UserPoolTier: 'ESSENTIALS',
    DeletionProtection: 'ACTIVE',
    AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
    Domain: 'acme-test-payments',
    LambdaConfig: { PreTokenGenerationConfig: { LambdaArn: ALIAS_ARN, LambdaVersion: 'V3_0' } },
    ...changes,
  };
}

function aUserPoolClient(clientId: string): object {
  return {
    ClientId: clientId,
    ClientName: 'billing-worker',
    ClientSecret: 'hidden',
    AllowedOAuthFlowsUserPoolClient: true,
    AllowedOAuthFlows: ['client_credentials'],
    AllowedOAuthScopes: ['orders/read', 'orders/write'],
  };
}

function aStatement(): object {
  return {
    Sid: 'pool-payments',
    Effect: 'Allow',
    Principal: { Service: 'cognito-idp.amazonaws.com' },
    Condition: {
      ArnLike: { 'AWS:SourceArn': POOL_ARN },
      StringEquals: { 'AWS:SourceAccount': '123456789012' },
    },
  };
}
