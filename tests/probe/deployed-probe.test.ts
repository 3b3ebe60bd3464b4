import { fileURLToPath } from 'node:url';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { type EnvironmentInput, validateEnvironment } from '@cognito-m2m/environment';
import {
  type LocalEnvironment,
  startLocalEnvironment,
} from '@cognito-m2m/local-cognito/environment';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { decodeJwt } from 'jose';
import { createDeployment, type Deployment } from '../deploy/deployment.ts';
import { listExisting } from '../deploy/list-existing.ts';
import { type LocalAws, startLocalAws } from '../support/local-aws.ts';
import { findClient, requestToken } from '../support/token.ts';
import { requiredTools } from '../support/tools.ts';

const DEPLOY_TIMEOUT_MS = 300_000;
const SCOPES = ['probe/b', 'probe/c', 'probe/a'] as const;
const client = { description: 'Is asked', scopes: SCOPES };

/** An environment as `infra/environments/trial-probe.ts` has it. */
const ENVIRONMENT: EnvironmentInput = {
  name: 'trial-probe',
  region: 'eu-central-1',
  accountId: '123456789012',
  owner: 'platform',
  isDisposable: true,
  probe: true,
  pools: {
    probe: {
      domainPrefix: 'acme-trial-probe',
      defaults: { claims: { environment: 'trial' } },
      resourceServers: {
        probe: { name: 'Probe', scopes: { a: 'First', b: 'Second', c: 'Third' } },
      },
      clients: { asked: client, plain: client },
    },
  },
};

const tools = await requiredTools();

(tools === undefined ? describe.skip : describe)('a deployed probe environment', () => {
  let aws: LocalAws;
  let deployment: Deployment;
  let cognito: LocalEnvironment | undefined;

  beforeAll(async () => {
    if (tools === undefined) return;
    aws = await startLocalAws(tools);
    deployment = await createDeployment(aws, 'trial-probe');
    await deployment.declare(ENVIRONMENT);
    await deployment.cdktf('deploy', 'trial-probe-*', '--auto-approve', '--skip-provider-lock');
  }, DEPLOY_TIMEOUT_MS);

  afterAll(async () => {
    await cognito?.close();
    await deployment?.remove();
    await aws?.close();
  }, DEPLOY_TIMEOUT_MS);

  test('the function waits longer than Amazon Cognito does', async () => {
    const command = new GetFunctionConfigurationCommand({
      FunctionName: 'm2m-trial-probe-pre-token-generation',
    });
    const { Timeout = 0 } = await new LambdaClient(aws.clientOptions).send(command);

    expect(Timeout).toBeGreaterThan(5);
  });

  test(
    'the deployed trigger returns the event of a request, for the deployed pool and client',
    async () => {
      cognito = await startLocalEnvironment({
        environment: validateEnvironment(contract, ENVIRONMENT),
        endpointUrl: aws.endpointUrl,
        triggerBundle: fileURLToPath(import.meta.resolve('@cognito-m2m/probe-trigger/bundle')),
      });
      const asked = findClient(cognito, 'probe', 'asked');

      const { access_token = '' } = await requestToken(asked);

      const event = JSON.parse(String(decodeJwt(access_token)['probe_event']));
      expect(event).toMatchObject({
        userPoolId: asked.pool.userPoolId,
        callerContext: { clientId: asked.clientId },
      });
    },
    DEPLOY_TIMEOUT_MS,
  );

  test(
    'the environment is destroyed without a trace',
    async () => {
      await deployment.cdktf('destroy', 'trial-probe-*', '--auto-approve', '--skip-provider-lock');

      expect(Object.values(await listExisting(aws)).flat()).toEqual([]);
    },
    DEPLOY_TIMEOUT_MS,
  );
});
