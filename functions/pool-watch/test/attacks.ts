import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { encodeRecord } from '@cognito-m2m/claim-schema/records';
import { aBaseline } from '@cognito-m2m/claim-schema/testing';
import type { CheckName } from '@cognito-m2m/doctor';
import { A_USER_POOL_ID } from './events.ts';
import { awsError, type createFakeAws } from './fake-aws.ts';

type FakeAws = Pick<ReturnType<typeof createFakeAws>, 'pool' | 'answers' | 'clients'>;

/** Something that a caller with a right can do to a deployment. */
export interface Attack {
  readonly what: string;
  /** The AWS action that it needs. */
  readonly right: string;
  /** What notices it, in addition to the schedule: a rule, or an alarm. */
  readonly also: string;
  readonly check: CheckName;
  readonly run: (aws: FakeAws) => unknown;
}

const OTHER = 'arn:aws:lambda:eu-central-1:123456789012:function:other';
const trigger = (LambdaArn: string, LambdaVersion: string) => ({
  LambdaConfig: { PreTokenGenerationConfig: { LambdaArn, LambdaVersion } },
});
const ALIAS = 'arn:aws:lambda:eu-central-1:123456789012:function:trigger:live';
const CLIENT = { ClientId: 'c', ClientName: 'c' };

/** What the watcher notices by looking at what is deployed; the table of docs/watch.md. */
export const ATTACKS: readonly Attack[] = [
  {
    what: 'detach the trigger',
    right: 'cognito-idp:UpdateUserPool',
    also: 'rule `pools`, alarm `trigger-silent`',
    check: 'trigger-attached',
    run: ({ pool }) => Object.assign(pool, { LambdaConfig: {} }),
  },
  {
    what: 'attach it as V1_0, which is never called for machines',
    right: 'cognito-idp:UpdateUserPool',
    also: 'rule `pools`, alarm `trigger-silent`',
    check: 'trigger-attached',
    run: ({ pool }) => Object.assign(pool, trigger(ALIAS, 'V1_0')),
  },
  {
    what: 'point the pool at another function',
    right: 'cognito-idp:UpdateUserPool',
    also: 'rule `pools`',
    check: 'trigger-attached',
    run: ({ pool }) => Object.assign(pool, trigger(OTHER, 'V3_0')),
  },
  {
    what: 'lower the plan of the pool',
    right: 'cognito-idp:UpdateUserPool',
    also: 'rule `pools`',
    check: 'pool-plan',
    run: ({ pool }) => Object.assign(pool, { UserPoolTier: 'LITE' }),
  },
  {
    what: 'let anyone register clients for machines',
    right: 'cognito-idp:UpdateUserPool',
    also: 'rule `pools`',
    check: 'pool-registration',
    run: ({ pool }) =>
      Object.assign(pool, {
        DcrConfiguration: { OpenDcrEnabled: true, OpenDcrGrantTypes: ['client_credentials'] },
      }),
  },
  {
    what: 'change the issuer that tokens carry',
    right: 'cognito-idp:UpdateUserPool',
    also: 'rule `pools`',
    check: 'pool-issuer',
    run: ({ pool }) => Object.assign(pool, { IssuerConfiguration: { Type: 'UPDATED' } }),
  },
  {
    what: 'put other code behind the alias',
    right: 'lambda:UpdateAlias',
    also: 'rule `function`',
    check: 'trigger-code',
    run: ({ answers }) =>
      Object.assign(answers, { GetAlias: { AliasArn: ALIAS, FunctionVersion: '8' } }),
  },
  {
    what: 'send other code a share of the calls',
    right: 'lambda:UpdateAlias',
    also: 'rule `function`',
    check: 'trigger-code',
    run: ({ answers }) =>
      Object.assign(answers, {
        GetAlias: {
          AliasArn: ALIAS,
          FunctionVersion: '7',
          RoutingConfig: { AdditionalVersionWeights: { '8': 0.1 } },
        },
      }),
  },
  {
    what: 'remove the permission of the pool',
    right: 'lambda:RemovePermission',
    also: 'rule `function`',
    check: 'trigger-permission',
    run: ({ answers }) => Object.assign(answers, { GetPolicy: { Policy: '{"Statement":[]}' } }),
  },
  {
    what: 'stop the function',
    right: 'lambda:PutFunctionConcurrency',
    also: 'rule `function`',
    check: 'trigger-concurrency',
    run: ({ answers }) =>
      Object.assign(answers, { GetFunctionConcurrency: { ReservedConcurrentExecutions: 0 } }),
  },
  {
    what: "take the role's right to read the table",
    right: 'iam:DeleteRolePolicy',
    also: 'no rule: IAM reports in us-east-1 only',
    check: 'trigger-role',
    run: ({ answers }) =>
      Object.assign(answers, {
        SimulatePrincipalPolicy: { EvaluationResults: [{ EvalDecision: 'implicitDeny' }] },
      }),
  },
  {
    what: 'point the function at another table',
    right: 'lambda:UpdateFunctionConfiguration',
    also: 'rule `function`',
    check: 'trigger-table',
    run: ({ answers }) =>
      Object.assign(answers, {
        GetFunctionConfiguration: {
          ...answers['GetFunctionConfiguration'],
          Environment: { Variables: { CLAIMS_TABLE_NAME: 'other' } },
        },
      }),
  },
  {
    what: 'delete the claims table',
    right: 'dynamodb:DeleteTable',
    also: 'rule `table`',
    check: 'table-exists',
    run: ({ answers }) =>
      Object.assign(answers, { DescribeTable: awsError('ResourceNotFoundException') }),
  },
  {
    what: 'disable the key of the claims table',
    right: 'kms:DisableKey',
    also: 'no rule',
    check: 'table-status',
    run: ({ answers }) =>
      Object.assign(answers, {
        DescribeTable: {
          Table: { TableArn: 'arn', TableStatus: 'INACCESSIBLE_ENCRYPTION_CREDENTIALS' },
        },
      }),
  },
  {
    what: 'corrupt a record by hand',
    right: 'dynamodb:PutItem',
    also: 'no rule: writing an item is not a management event',
    check: 'records-valid',
    run: ({ clients }) => {
      const { pk, sk } = encodeRecord(aBaseline({ userPoolId: A_USER_POOL_ID }));
      const Item = { pk: pk ?? { S: '' }, sk: sk ?? { S: '' }, claims: { S: 'everything' } };
      return clients.dynamoDb.send(new PutItemCommand({ TableName: 'claims', Item }));
    },
  },
  {
    what: 'add a second client secret',
    right: 'cognito-idp:AddUserPoolClientSecret',
    also: 'rule `pools`',
    check: 'secret-unknown',
    run: ({ answers }) =>
      Object.assign(answers, {
        ListUserPoolClients: { UserPoolClients: [CLIENT] },
        ListUserPoolClientSecrets: {
          ClientSecrets: [
            { ClientSecretId: 'a', ClientSecretCreateDate: new Date(0) },
            { ClientSecretId: 'b', ClientSecretCreateDate: new Date(1000) },
          ],
        },
      }),
  },
  {
    what: 'create an app client',
    right: 'cognito-idp:CreateUserPoolClient',
    also: 'rule `pools`',
    check: 'client-undeclared',
    run: ({ answers }) =>
      Object.assign(answers, { ListUserPoolClients: { UserPoolClients: [CLIENT] } }),
  },
];
