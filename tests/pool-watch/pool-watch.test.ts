import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import {
  CognitoIdentityProviderClient,
  DescribeUserPoolCommand,
  type UserPoolType,
} from '@aws-sdk/client-cognito-identity-provider';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import type { EnvironmentInput } from '@cognito-m2m/environment';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createDeployed } from '../deploy/deployed.ts';
import { createDeployment, type Deployment } from '../deploy/deployment.ts';
import { RUNTIME_CLIENTS } from '../lambda-runtime/runtime-clients.ts';
import {
  startTriggerProcess,
  type TriggerProcess,
} from '../lambda-runtime/start-trigger-process.ts';
import { type LocalAws, startLocalAws } from '../support/local-aws.ts';
import { runM2m } from '../support/m2m.ts';
import { requiredTools } from '../support/tools.ts';

const DEPLOY_TIMEOUT_MS = 300_000;
const CASE_TIMEOUT_MS = 90_000;
const TOPIC_ARN = 'arn:aws:sns:eu-central-1:123456789012:alarms';

const ENVIRONMENT: EnvironmentInput = {
  name: 'trial',
  region: 'eu-central-1',
  accountId: '123456789012',
  owner: 'platform',
  alarmTopicArn: TOPIC_ARN,
  watch: { heal: ['trigger'] },
  pools: {
    payments: {
      description: 'Services of the payments domain',
      domainPrefix: 'acme-trial-payments',
      resourceServers: { orders: { name: 'Orders API', scopes: { read: 'Read orders' } } },
      clients: {
        'billing-worker': {
          description: 'Invoices orders every night',
          scopes: ['orders/read'],
          claims: { environment: 'trial', 'custom:organization_id': '12345' },
        },
      },
    },
  },
};

/** What a pipeline does that does not know that an update resets what it leaves out. */
const CARELESS = `
import sys, boto3
boto3.client("cognito-idp", endpoint_url=sys.argv[1], region_name="eu-central-1",
    aws_access_key_id="local", aws_secret_access_key="local").update_user_pool(
    UserPoolId=sys.argv[2], MfaConfiguration="OFF",
    DeletionProtection="ACTIVE", AdminCreateUserConfig={"AllowAdminCreateUserOnly": True})
`;

const tools = await requiredTools();

(tools === undefined ? describe.skip : describe)('a deployed watcher', () => {
  let aws: LocalAws;
  let deployment: Deployment;
  let userPoolId: string;
  let cognito: CognitoIdentityProviderClient;
  let watcher: TriggerProcess;
  const messages: { Subject: string; Message: string }[] = [];
  const inbox = createServer(async (request, response) => {
    const body = JSON.parse(await text(request));
    if (body.Type === 'Notification') messages.push(body);
    response.end();
  });

  beforeAll(async () => {
    if (tools === undefined) return;
    aws = await startLocalAws(tools);
    cognito = new CognitoIdentityProviderClient(aws.clientOptions);
    await new Promise<void>((resolve) => inbox.listen(0, '127.0.0.1', resolve));
    const { port } = inbox.address() as AddressInfo;
    const sns = new SNSClient(aws.clientOptions);
    await sns.send(new CreateTopicCommand({ Name: 'alarms' }));
    const Endpoint = `http://127.0.0.1:${port}`;
    await sns.send(new SubscribeCommand({ TopicArn: TOPIC_ARN, Protocol: 'http', Endpoint }));
    deployment = await createDeployment(aws, 'trial');
    await deployment.declare(ENVIRONMENT);
    await deployment.cdktf('deploy', 'trial-*', '--auto-approve', '--skip-provider-lock');
    const parameters = await createDeployed(aws).readParameters('/m2m/trial/payments');
    userPoolId = parameters['/m2m/trial/payments/user-pool-id'] ?? '';
    const describeFunction = new GetFunctionConfigurationCommand({
      FunctionName: 'm2m-trial-pool-watch',
    });
    const { Environment } = await new LambdaClient(aws.clientOptions).send(describeFunction);
    watcher = await startTriggerProcess(
      { ...Environment?.Variables, AWS_ENDPOINT_URL: aws.endpointUrl },
      RUNTIME_CLIENTS[0],
      import.meta.resolve('@cognito-m2m/pool-watch/bundle'),
    );
  }, DEPLOY_TIMEOUT_MS);

  afterAll(async () => {
    await watcher?.close();
    inbox.close();
    await deployment?.remove();
    await aws?.close();
  }, DEPLOY_TIMEOUT_MS);

  const describePool = async (): Promise<UserPoolType> => {
    const describeUserPool = new DescribeUserPoolCommand({ UserPoolId: userPoolId });
    const { LastModifiedDate: _, ...pool } = (await cognito.send(describeUserPool)).UserPool ?? {};
    return pool;
  };
  const anEvent = () => ({
    source: 'aws.cognito-idp',
    'detail-type': 'AWS API Call via CloudTrail',
    detail: {
      eventID: 'careless-1',
      eventTime: new Date().toISOString(),
      eventSource: 'cognito-idp.amazonaws.com',
      eventName: 'UpdateUserPool',
      sourceIPAddress: '203.0.113.7',
      userIdentity: { type: 'IAMUser', arn: 'arn:aws:iam::123456789012:user/pipeline' },
      requestParameters: { userPoolId, mfaConfiguration: 'OFF' },
    },
  });

  test(
    'the watcher finds nothing wrong with what was deployed, and sends no message',
    async () => {
      const { answer, error } = await watcher.call({ source: 'aws.events' });

      expect(error).toBeUndefined();
      expect(answer).toEqual({ outcome: 'looked', open: [], problems: [] });
      expect(messages).toEqual([]);
    },
    CASE_TIMEOUT_MS,
  );

  test(
    'the watcher leaves a second plan empty',
    async () => {
      expect(await deployment.plan('trial-claims')).toEqual([]);
      expect(await deployment.plan('trial-pool-payments')).toEqual([]);
    },
    DEPLOY_TIMEOUT_MS,
  );

  test(
    'the watcher tells who removed the trigger with boto3, and puts it back with everything else as before',
    async () => {
      const before = await describePool();
      if (tools === undefined) return;
      await promisify(execFile)(tools.python, ['-c', CARELESS, aws.endpointUrl, userPoolId]);
      const detached = await describePool();

      const { answer } = await watcher.call(anEvent());

      expect(detached.LambdaConfig?.PreTokenGenerationConfig).toBeUndefined();
      expect(answer).toMatchObject({ outcome: 'looked', open: [], problems: [] });
      expect((await describePool()).LambdaConfig).toEqual(before.LambdaConfig);
      expect(await describePool()).toEqual({ ...detached, LambdaConfig: before.LambdaConfig });
      expect(messages.map(({ Subject }) => Subject)).toEqual([
        '[m2m trial] Tokens without claims, or no tokens: pool payments',
        '[m2m trial] Repaired: Tokens without claims, or no tokens: pool payments',
      ]);
      expect(messages[0]?.Message).toContain('arn:aws:iam::123456789012:user/pipeline');
      expect(messages[0]?.Message).toContain('UpdateUserPool at');
    },
    CASE_TIMEOUT_MS,
  );

  test(
    'the watcher is asked by m2m watch, which shows the repaired fact and its author',
    async () => {
      const argv = ['watch', '--env', 'trial', '--json'];
      const { environmentsDirectory } = deployment;

      const run = await runM2m([...argv, '--environments', environmentsDirectory], aws.env);

      expect(JSON.parse(run.stdout)).toMatchObject({
        open: [],
        repaired: [{ check: 'trigger-attached', change: { action: 'UpdateUserPool' } }],
        lastLook: { problem: null },
      });
      expect(run.exitCode).toBe(0);
    },
    CASE_TIMEOUT_MS,
  );
});
