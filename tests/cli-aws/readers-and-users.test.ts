import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import {
  CognitoIdentityProviderClient,
  CreateUserPoolClientCommand,
  CreateUserPoolCommand,
  DeleteUserPoolClientCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import {
  DescribeKeyCommand,
  GetKeyPolicyCommand,
  KMSClient,
  PutKeyPolicyCommand,
} from '@aws-sdk/client-kms';
import {
  DeleteResourcePolicyCommand,
  GetResourcePolicyCommand,
  PutResourcePolicyCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import type { EnvironmentInput } from '@cognito-m2m/environment';
import { aClient, anEnvironment, aPool, aTokenClient } from '@cognito-m2m/environment/fixtures';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createDeployment, type Deployment } from '../deploy/deployment.ts';
import { type LocalAws, startLocalAws } from '../support/local-aws.ts';
import { runM2m } from '../support/m2m.ts';
import { requiredTools } from '../support/tools.ts';

/** A deploy of two stacks takes about a minute on two cores. */
const STEP_TIMEOUT_MS = 240_000;
const BILLING = 'arn:aws:iam::222222222222:role/billing';
const REPORTS = 'arn:aws:iam::333333333333:role/teams/reports';
const SECRET = { SecretId: 'm2m/trial/payments/billing-worker/credentials' };
const KEY_ALIAS = 'alias/m2m-trial';

const tools = await requiredTools();

function withClients(issuer: string, clientIds: readonly string[]): EnvironmentInput {
  const staff = { issuer, clientIds, tokenUse: 'access' as const };
  return anEnvironment({
    name: 'trial',
    isDisposable: true,
    pools: {
      payments: aPool({
        tokenIssuers: { staff },
        clients: {
          'billing-worker': aClient({ readers: [BILLING, REPORTS] }),
          'report-viewer': aClient({ readers: [REPORTS] }),
          'support-agent': aTokenClient(),
        },
      }),
    },
  });
}

(tools === undefined ? describe.skip : describe)('readers of secrets and users, deployed', () => {
  let aws: LocalAws;
  let deployment: Deployment;
  let cognito: CognitoIdentityProviderClient;
  let secrets: SecretsManagerClient;
  let kms: KMSClient;
  let cloudWatch: CloudWatchClient;
  let userPoolId: string;
  let portalId: string;

  beforeAll(async () => {
    if (tools === undefined) return;
    aws = await startLocalAws(tools);
    cognito = new CognitoIdentityProviderClient(aws.clientOptions);
    secrets = new SecretsManagerClient(aws.clientOptions);
    kms = new KMSClient(aws.clientOptions);
    cloudWatch = new CloudWatchClient(aws.clientOptions);
    const users = await cognito.send(new CreateUserPoolCommand({ PoolName: 'users' }));
    userPoolId = users.UserPool?.Id ?? '';
    const portal = await cognito.send(
      new CreateUserPoolClientCommand({ UserPoolId: userPoolId, ClientName: 'portal' }),
    );
    portalId = portal.UserPoolClient?.ClientId ?? '';
    deployment = await createDeployment(aws, 'trial');
    const issuer = `https://cognito-idp.eu-central-1.amazonaws.com/${userPoolId}`;
    await deployment.declare(withClients(issuer, [portalId]));
    await deployment.cdktf('deploy', 'trial-*', '--auto-approve', '--skip-provider-lock');
  }, STEP_TIMEOUT_MS);

  afterAll(async () => {
    for (const client of [cognito, secrets, kms, cloudWatch]) client?.destroy();
    await deployment?.remove();
    await aws?.close();
  }, STEP_TIMEOUT_MS);

  /** What doctor finds, by the names of checks that are about readers and users. */
  async function findings(): Promise<{ check: string; what: string }[]> {
    const place = ['--env', 'trial', '--environments', deployment.environmentsDirectory];
    const { stdout } = await runM2m(['doctor', '--json', ...place], aws.env);
    const checks = ['secret-readers', 'key-readers', 'token-issuer-clients', 'token-required'];
    return JSON.parse(stdout).findings.filter(({ check = '' }) => checks.includes(check));
  }

  const secretPolicy = async () => {
    const { ResourcePolicy = '{}' } = await secrets.send(new GetResourcePolicyCommand(SECRET));
    return ResourcePolicy;
  };
  const keyPolicy = async () => {
    const id = await findKeyId(kms);
    const { Policy = '{}' } = await kms.send(
      new GetKeyPolicyCommand({ KeyId: id, PolicyName: 'default' }),
    );
    return Policy;
  };

  test('the policy of a secret lets its readers read it, and nobody else', async () => {
    expect(JSON.parse(await secretPolicy()).Statement).toEqual([
      {
        Sid: 'Readers',
        Effect: 'Allow',
        Principal: { AWS: [BILLING, REPORTS] },
        Action: ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'],
        Resource: '*',
      },
    ]);
  });

  test('the policy of the key lets the readers of all secrets decrypt secrets, and nothing else', async () => {
    const statements: { Sid: string }[] = JSON.parse(await keyPolicy()).Statement;

    expect(statements.find(({ Sid }) => Sid === 'ReadersOfClientSecrets')).toMatchObject({
      Effect: 'Allow',
      Principal: { AWS: [BILLING, REPORTS] },
      Action: ['kms:Decrypt'],
      Condition: {
        StringEquals: { 'kms:ViaService': 'secretsmanager.eu-central-1.amazonaws.com' },
        StringLike: {
          'kms:EncryptionContext:SecretARN':
            'arn:aws:secretsmanager:eu-central-1:123456789012:secret:m2m/trial/*',
        },
      },
    });
  });

  test(
    'a client without readers has no policy, and Terraform has nothing left to change',
    async () => {
      const other = { SecretId: 'm2m/trial/payments/support-agent/credentials' };
      const { ResourcePolicy } = await secrets.send(new GetResourcePolicyCommand(other));

      expect(ResourcePolicy).toBeUndefined();
      expect(await deployment.plan('trial-claims')).toEqual([]);
      expect(await deployment.plan('trial-pool-payments')).toEqual([]);
    },
    STEP_TIMEOUT_MS,
  );

  test(
    'doctor finds nothing wrong with what was deployed',
    async () => {
      expect(await findings()).toEqual([]);
    },
    STEP_TIMEOUT_MS,
  );

  test(
    'doctor finds a reader that the file does not declare, and readers that are shut out',
    async () => {
      const policy = await secretPolicy();
      const stranger = policy.replace(BILLING, 'arn:aws:iam::444444444444:role/stranger');
      const put = { ...SECRET, ResourcePolicy: stranger };
      await secrets.send(new PutResourcePolicyCommand(put));
      const replaced = await findings();
      await secrets.send(new DeleteResourcePolicyCommand(SECRET));
      const deleted = await findings();
      await secrets.send(new PutResourcePolicyCommand({ ...SECRET, ResourcePolicy: policy }));

      expect(replaced.map(({ what }) => what)).toEqual([
        expect.stringContaining('lets arn:aws:iam::444444444444:role/stranger read it'),
        expect.stringContaining(`does not let ${BILLING} read it`),
      ]);
      expect(deleted).toHaveLength(2);
      expect(await findings()).toEqual([]);
    },
    STEP_TIMEOUT_MS,
  );

  test(
    'doctor finds a reader that may not use the key',
    async () => {
      const policy = await keyPolicy();
      const KeyId = await findKeyId(kms);
      const changed = policy.replace(`"${BILLING}",`, '');
      await kms.send(new PutKeyPolicyCommand({ KeyId, PolicyName: 'default', Policy: changed }));
      const found = await findings();
      await kms.send(new PutKeyPolicyCommand({ KeyId, PolicyName: 'default', Policy: policy }));

      expect(found).toMatchObject([
        { check: 'key-readers', what: expect.stringContaining(`does not let ${BILLING} decrypt`) },
      ]);
    },
    STEP_TIMEOUT_MS,
  );

  test(
    'doctor finds an app client that the pool of the users has lost, and callers without a user token',
    async () => {
      const client = { UserPoolId: userPoolId, ClientId: portalId };
      await cognito.send(new DeleteUserPoolClientCommand(client));
      await cloudWatch.send(
        new PutMetricDataCommand({
          Namespace: 'CognitoM2mClaims',
          MetricData: [refusals('ERR_TOKEN_REQUIRED', 3), refusals('ERR_TOKEN_EXPIRED', 5)],
        }),
      );

      expect(await findings()).toMatchObject([
        { check: 'token-issuer-clients', what: expect.stringContaining(portalId) },
        {
          check: 'token-required',
          subject: 'client payments/support-agent',
          what: expect.stringContaining('3 token requests of the last 7 days held no user token'),
        },
      ]);
    },
    STEP_TIMEOUT_MS,
  );
});

/** As AWS makes it of the trigger's log lines, an hour ago. */
function refusals(reason: string, count: number) {
  return {
    MetricName: 'TokensDenied',
    Dimensions: [
      { Name: 'service', Value: 'm2m-trial-pre-token-generation' },
      { Name: 'reason', Value: reason },
    ],
    Timestamp: new Date(Date.now() - 3_600_000),
    Value: count,
    Unit: 'Count' as const,
  };
}

async function findKeyId(kms: KMSClient): Promise<string> {
  const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: KEY_ALIAS }));
  return KeyMetadata?.KeyId ?? '';
}
