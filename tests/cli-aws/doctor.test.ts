import {
  CognitoIdentityProviderClient,
  DescribeUserPoolCommand,
  UpdateUserPoolCommand,
  type UserPoolType,
} from '@aws-sdk/client-cognito-identity-provider';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createDeployed } from '../deploy/deployed.ts';
import { createDeployment, type Deployment } from '../deploy/deployment.ts';
import { type LocalAws, startLocalAws } from '../deploy/local-aws.ts';
import { requiredTools } from '../deploy/required-tools.ts';
import { trialEnvironment } from '../deploy/trial-environment.ts';
import { type M2mRun, runM2m } from './run-m2m.ts';

/** The deploy of three stacks takes about a minute on two cores. */
const STEP_TIMEOUT_MS = 240_000;

const tools = await requiredTools();

// The steps are one story, in order.
(tools === undefined ? describe.skip : describe)('doctor after a real deploy', () => {
  let aws: LocalAws;
  let deployment: Deployment;
  let cognito: CognitoIdentityProviderClient;
  let userPoolId: string;
  let deployedPool: UserPoolType;

  beforeAll(async () => {
    if (tools === undefined) return;
    aws = await startLocalAws(tools);
    deployment = await createDeployment(aws, 'trial');
    await deployment.declare(trialEnvironment());
    await deployment.cdktf('deploy', 'trial-*', '--auto-approve', '--skip-provider-lock');
    const parameters = await createDeployed(aws).readParameters('/m2m/trial/logistics');
    userPoolId = parameters['/m2m/trial/logistics/user-pool-id'] ?? '';
    cognito = new CognitoIdentityProviderClient({
      region: 'eu-central-1',
      endpoint: aws.endpointUrl,
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
    deployedPool = await describePool();
  }, STEP_TIMEOUT_MS);

  afterAll(async () => {
    cognito?.destroy();
    await deployment?.remove();
    await aws?.close();
  }, STEP_TIMEOUT_MS);

  async function describePool(): Promise<UserPoolType> {
    const describe = new DescribeUserPoolCommand({ UserPoolId: userPoolId });
    const { LastModifiedDate, ...pool } = (await cognito.send(describe)).UserPool ?? {};
    return pool;
  }

  // The runtime of the trial environment ends some day, which is right to be found and no matter here.
  const readFindings = (stdout: string): { check: string }[] =>
    JSON.parse(stdout).findings.filter(
      ({ check }: { check: string }) => check !== 'trigger-runtime',
    );

  function doctor(...argv: string[]): Promise<M2mRun> {
    const environments = deployment.environmentsDirectory;
    return runM2m(aws.env, 'doctor', ...argv, '--env', 'trial', '--environments', environments);
  }

  test('finds nothing wrong with what was deployed', async () => {
    const { stdout } = await doctor('--json');

    expect(readFindings(stdout)).toEqual([]);
  }, 60_000);

  test('finds a trigger that a careless update took off', async () => {
    await cognito.send(
      new UpdateUserPoolCommand({ UserPoolId: userPoolId, MfaConfiguration: 'OFF' }),
    );

    const { exitCode, stdout } = await doctor('--json');

    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout).findings).toContainEqual(
      expect.objectContaining({
        check: 'trigger-attached',
        subject: 'pool logistics',
        isFixable: true,
      }),
    );
  }, 60_000);

  test('repairs nothing where nobody is there to agree', async () => {
    const { exitCode, stderr } = await doctor('--fix');

    expect(exitCode).toBe(1);
    expect(stderr).toContain('ERR_CONFIRMATION_NEEDED');
    expect(await describePool()).not.toMatchObject({ LambdaConfig: deployedPool.LambdaConfig });
  }, 60_000);

  test('repairs it, and the pool is as it was deployed', async () => {
    const before = await describePool();

    const { stdout } = await doctor('--fix', '--yes', '--json');

    expect(readFindings(stdout)).toEqual([]);
    expect(JSON.parse(stdout).repaired.join('\n')).toContain('as V3_0 trigger');
    const { LambdaConfig, AdminCreateUserConfig, ...others } = await describePool();
    expect(LambdaConfig).toEqual(deployedPool.LambdaConfig);
    expect(AdminCreateUserConfig?.AllowAdminCreateUserOnly).toBe(true);
    expect({ ...before, ...others }).toEqual(before);
  }, 60_000);
});
