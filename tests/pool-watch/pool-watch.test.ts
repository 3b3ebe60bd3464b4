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
import { IAMClient } from '@aws-sdk/client-iam';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { contract } from '@cognito-m2m/claim-schema/fixtures';
import {
  type EnvironmentInput,
  loadEnvironment,
  validateEnvironment,
} from '@cognito-m2m/environment';
import {
  type LocalEnvironment,
  startLocalEnvironment,
} from '@cognito-m2m/local-cognito/environment';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { decodeJwt, type JWTPayload } from 'jose';
import { createCaller } from '../cli-aws/callers.ts';
import { createDeployed } from '../deploy/deployed.ts';
import { createDeployment, type Deployment } from '../deploy/deployment.ts';
import { RUNTIME_CLIENTS } from '../lambda-runtime/runtime-clients.ts';
import {
  startTriggerProcess,
  type TriggerProcess,
} from '../lambda-runtime/start-trigger-process.ts';
import { type LocalAws, startLocalAws } from '../support/local-aws.ts';
import { runM2m } from '../support/m2m.ts';
import { findClient, requestToken } from '../support/token.ts';
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
  state: { type: 'local' },
  watch: { everyMinutes: 10, heal: ['trigger'], canaryMinutes: 30 },
  pools: {
    payments: {
      description: 'Services of the payments domain',
      domainPrefix: 'acme-trial-payments',
      canary: 'billing-worker',
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
  let canary: TriggerProcess;
  let issuing: LocalEnvironment;
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
    watcher = await startDeployed(
      'm2m-trial-pool-watch',
      import.meta.resolve('@cognito-m2m/pool-watch/bundle'),
    );
    canary = await startDeployed(
      'm2m-trial-canary',
      import.meta.resolve('@cognito-m2m/pool-watch/canary'),
    );
    issuing = await startLocalEnvironment({
      environment: validateEnvironment(contract, ENVIRONMENT),
      endpointUrl: aws.endpointUrl,
    });
  }, DEPLOY_TIMEOUT_MS);

  /** Runs the built bundle of a deployed function, with the variables that it was deployed with. */
  async function startDeployed(
    FunctionName: string,
    bundle: string,
    runtimeClient = RUNTIME_CLIENTS[0],
  ): Promise<TriggerProcess> {
    const lambda = new LambdaClient(aws.clientOptions);
    const command = new GetFunctionConfigurationCommand({ FunctionName });
    const { Environment } = await lambda.send(command);
    return startTriggerProcess(
      { ...Environment?.Variables, AWS_ENDPOINT_URL: aws.endpointUrl },
      runtimeClient,
      bundle,
    );
  }

  /** The claims of a token as the deployed pool, client and records make it. */
  async function readClaims(): Promise<JWTPayload> {
    const client = findClient(issuing, 'payments', 'billing-worker');
    const { access_token = '' } = await requestToken(client);
    const { iat, exp, auth_time, jti, ...claims } = decodeJwt(access_token);
    return claims;
  }

  afterAll(async () => {
    await watcher?.close();
    await canary?.close();
    await issuing?.close();
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
    "the watcher finds the same in the version before of AWS's runtime client",
    async () => {
      const bundle = import.meta.resolve('@cognito-m2m/pool-watch/bundle');
      const before = await startDeployed('m2m-trial-pool-watch', bundle, RUNTIME_CLIENTS[1]);

      const { answer, error } = await before.call({ source: 'aws.events' });
      await before.close();

      expect(error).toBeUndefined();
      expect(answer).toEqual({ outcome: 'looked', open: [], problems: [] });
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
      const claims = await readClaims();
      if (tools === undefined) return;
      await promisify(execFile)(tools.python, ['-c', CARELESS, aws.endpointUrl, userPoolId]);
      const detached = await describePool();

      const { answer, error } = await watcher.call(anEvent());

      expect(error).toBeUndefined();
      expect(detached.LambdaConfig?.PreTokenGenerationConfig).toBeUndefined();
      expect(answer).toMatchObject({ outcome: 'looked', open: [], problems: [] });
      expect((await describePool()).LambdaConfig).toEqual(before.LambdaConfig);
      expect(await describePool()).toEqual({ ...detached, LambdaConfig: before.LambdaConfig });
      expect(messages.map(({ Subject }) => Subject)).toEqual([
        '[m2m trial] Tokens without claims, or no tokens: pool payments',
        '[m2m trial] Repaired: Tokens without claims, or no tokens: pool payments',
      ]);
      expect(claims).toMatchObject({ environment: 'trial', 'custom:organization_id': '12345' });
      expect(await readClaims()).toEqual(claims);
      expect(messages[0]?.Message).toContain('arn:aws:iam::123456789012:user/pipeline');
      expect(messages[0]?.Message).toContain('UpdateUserPool at');
    },
    CASE_TIMEOUT_MS,
  );

  test(
    'the canary proves a real token with the deployed secret and records',
    async () => {
      // The deployed addresses are those of AWS.
      const ssm = new SSMClient(aws.clientOptions);
      const [pool] = issuing.pools;
      const values = { issuer: pool?.issuer, 'token-endpoint': pool?.tokenEndpoint };
      for (const [name, Value = ''] of Object.entries(values)) {
        const Name = `/m2m/trial/payments/${name}`;
        await ssm.send(new PutParameterCommand({ Name, Value, Overwrite: true }));
      }
      const { answer, error } = await canary.call({ source: 'aws.events' });

      expect(error).toBeUndefined();
      expect(answer).toEqual([{ pool: 'payments', client: 'billing-worker' }]);
      expect(canary.written()).toContain('"TokenProved":1');
      expect(canary.written()).not.toMatch(/"12345"/);
    },
    CASE_TIMEOUT_MS,
  );

  test(
    'the watcher is asked by m2m watch, which shows the repaired fact and its author',
    async () => {
      const argv = ['watch', '--env', 'trial', '--json'];
      const { environmentsDirectory } = deployment;
      const iam = new IAMClient(aws.clientOptions);
      const env = { ...aws.env, ...(await createCaller(iam, 'reader')) };

      const run = await runM2m([...argv, '--environments', environmentsDirectory], env);

      iam.destroy();
      expect(JSON.parse(run.stdout)).toMatchObject({
        open: [],
        repaired: [{ check: 'trigger-attached', change: { action: 'UpdateUserPool' } }],
        lastLook: { problem: null },
      });
      expect(run.exitCode).toBe(0);
    },
    CASE_TIMEOUT_MS,
  );

  test(
    'm2m import writes the watcher and the canary as they were declared',
    async () => {
      const { environmentsDirectory: directory } = deployment;
      const argv = ['import', userPoolId, '--force', '--environments', directory];

      const { exitCode, stderr } = await runM2m(argv, aws.env);

      expect(`${exitCode} ${stderr}`).toMatch(/^0/);
      expect(await loadEnvironment('trial', { contract, directory })).toEqual(
        validateEnvironment(contract, ENVIRONMENT),
      );
    },
    CASE_TIMEOUT_MS,
  );

  test(
    'the canary says that the secret is not accepted, and m2m watch shows it',
    async () => {
      const SecretId = 'm2m/trial/payments/billing-worker/credentials';
      const manager = new SecretsManagerClient(aws.clientOptions);
      const { SecretString = '' } = await manager.send(new GetSecretValueCommand({ SecretId }));
      const wrong = { ...JSON.parse(SecretString), client_secret: 'x'.repeat(40) };
      await manager.send(
        new PutSecretValueCommand({ SecretId, SecretString: JSON.stringify(wrong) }),
      );

      const { answer } = await canary.call({});
      const run = await runM2m(
        ['watch', '--env', 'trial', '--json', '--environments', deployment.environmentsDirectory],
        aws.env,
      );

      const problem = 'ERR_CREDENTIALS_REFUSED';
      expect(answer).toEqual([{ pool: 'payments', client: 'billing-worker', problem }]);
      expect(canary.written()).toContain('"TokenProved":0');
      expect(canary.written()).not.toContain('x'.repeat(40));
      expect(JSON.parse(run.stdout).canaries).toMatchObject([{ isProved: false, problem }]);
      expect(run.exitCode).toBe(2);
    },
    CASE_TIMEOUT_MS,
  );
});
