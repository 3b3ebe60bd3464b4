import { stripVTControlCharacters } from 'node:util';
import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { validateEnvironment } from '@cognito-m2m/environment';
import { startLocalEnvironment } from '@cognito-m2m/local-cognito/environment';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { JWTPayload } from 'jose';
import { createDiscoveryDocuments } from '../support/discovery.ts';
import { type LocalAws, startLocalAws } from '../support/local-aws.ts';
import { forwardRequest, startServer, type TestServer } from '../support/server.ts';
import { findClient, requestClaims } from '../support/token.ts';
import { requiredTools } from '../support/tools.ts';
import { createDeployed, type Deployed } from './deployed.ts';
import { createDeployment, type Deployment } from './deployment.ts';
import { listExisting } from './list-existing.ts';
import { rotateSecret } from './rotate-secret.ts';
import { changedEnvironment, trialEnvironment } from './trial-environment.ts';

/** The longest step, the deploy of three stacks, takes about a minute on two cores. */
const STEP_TIMEOUT_MS = 240_000;
const STACKS = ['trial-claims', 'trial-pool-payments', 'trial-pool-logistics'];
const UNATTENDED = ['--auto-approve', '--skip-provider-lock'];

const tools = await requiredTools();

// The steps of one life, in order: each begins where the one before it ended.
(tools === undefined ? describe.skip : describe)('the life of an environment', () => {
  let aws: LocalAws;
  let deployment: Deployment;
  let deployed: Deployed;
  let cognito: TestServer;
  const discovery = createDiscoveryDocuments('eu-central-1');

  beforeAll(async () => {
    if (tools === undefined) return;
    aws = await startLocalAws(tools);
    deployed = createDeployed(aws);
    cognito = await startServer(async (request, response) => {
      if (discovery.answer(request, response)) return;
      const { status, headers, body } = await forwardRequest(aws.endpointUrl, request);
      response.writeHead(status, Object.fromEntries(headers)).end(body);
    });
    const env = { ...aws.env, AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: cognito.url };
    deployment = await createDeployment({ ...aws, env }, 'trial');
    await deployment.declare(trialEnvironment());
  }, STEP_TIMEOUT_MS);

  afterAll(async () => {
    await deployment.remove();
    await cognito.close();
    await aws.close();
  });

  const step = (name: string, run: () => Promise<void>) => test(name, run, STEP_TIMEOUT_MS);

  step('every stack plans in an empty account', async () => {
    await deployment.cdktf('synth', 'trial');

    for (const stack of STACKS) expect(await deployment.plan(stack)).not.toEqual([]);
  });

  step('deploys as a whole, and then nothing is left to change', async () => {
    const printed = await deployment.cdktfAsPeopleDo('deploy', 'trial-*', ...UNATTENDED);

    // In a pipe, nothing draws over a line: no carriage return, no escape sequence, no dots of a spinner.
    expect(printed).toBe(stripVTControlCharacters(printed));
    expect(printed).not.toMatch(/[\r\u2800-\u28ff]/);
    for (const stack of STACKS) expect(await deployment.plan(stack)).toEqual([]);
  });

  step('leaves the very items that the environment file says', async () => {
    const items = await deployed.readItems('m2m-trial-claims');

    expect(items).toHaveLength(5);
    expect(items).toEqual(await deployed.expectedItems(trialEnvironment()));
  });

  step('leaves what others need: ids in parameters, secrets in Secrets Manager', async () => {
    const parameters = await deployed.readParameters('/m2m/trial/logistics');
    const userPoolId = parameters['/m2m/trial/logistics/user-pool-id'];

    expect(parameters).toEqual({
      '/m2m/trial/logistics/user-pool-id': expect.stringMatching(/^eu-central-1_\w+$/),
      '/m2m/trial/logistics/issuer': `https://cognito-idp.eu-central-1.amazonaws.com/${userPoolId}`,
      '/m2m/trial/logistics/token-endpoint':
        'https://acme-trial-123456789012.auth.eu-central-1.amazoncognito.com/oauth2/token',
      '/m2m/trial/logistics/table-name': 'm2m-trial-claims',
      '/m2m/trial/logistics/clients/dispatcher': expect.stringMatching(/^\w+$/),
    });
    expect(await deployed.readSecret('m2m/trial/logistics/dispatcher/credentials')).toEqual({
      client_id: parameters['/m2m/trial/logistics/clients/dispatcher'],
      client_secret: expect.stringMatching(/^[\w-]{24,}$/),
    });
  });

  step(
    'writes the issuer of the discovery document after the pool has changed its form',
    async () => {
      const logistics = '/m2m/trial/logistics';
      const original = (await deployed.readParameters(logistics))[`${logistics}/issuer`] ?? '';
      const cdktf = (command: string, ...words: string[]) =>
        deployment.cdktf(command, 'trial-pool-logistics', '--no-color', ...words);
      const onlyTheIssuer =
        /# aws_ssm_parameter\.parameters_issuer_\w+ will be updated in-place[\s\S]*Plan: 0 to add, 1 to change, 0 to destroy\./;

      discovery.updated.add(original.split('/').at(-1) ?? '');
      expect(await cdktf('deploy', ...UNATTENDED)).toMatch(onlyTheIssuer);
      const parameters = await deployed.readParameters(logistics);
      expect(await cdktf('diff')).toContain('No changes.');
      discovery.isReachable = false;
      expect(await cdktf('diff')).toContain('No changes.');
      discovery.isReachable = true;
      discovery.updated.clear();
      expect(await cdktf('deploy', ...UNATTENDED)).toMatch(onlyTheIssuer);

      expect(parameters[`${logistics}/issuer`]).toBe(
        original.replace('https://', 'https://issuer-'),
      );
      expect((await deployed.readParameters(logistics))[`${logistics}/issuer`]).toBe(original);
    },
  );

  step('leaves the address of a custom domain, and where its DNS record points', async () => {
    const parameters = await deployed.readParameters('/m2m/trial/payments');

    expect(parameters).toMatchObject({
      '/m2m/trial/payments/token-endpoint': 'https://auth.example.com/oauth2/token',
      '/m2m/trial/payments/custom-domain-target': expect.stringMatching(/^\w+\.cloudfront\.net$/),
    });
  });

  step(
    'local Cognito in front of it issues tokens with the claims that the file says',
    async () => {
      const environment = validateEnvironment(contract, trialEnvironment());
      const local = await startLocalEnvironment({ environment, endpointUrl: aws.endpointUrl });
      const { payments, logistics } = trialEnvironment().pools;
      const worker = payments?.clients['billing-worker'];
      const tokenOf = async (pool: string, name: string) => {
        const secret = Object(await deployed.readSecret(`m2m/trial/${pool}/${name}/credentials`));
        const client = findClient(local, pool, name);
        const credentials = { clientId: secret.client_id, clientSecret: secret.client_secret };
        return customClaimsOf(await requestClaims({ ...client, ...credentials }));
      };

      const workerToken = await tokenOf('payments', 'billing-worker');
      const dispatcherToken = await tokenOf('logistics', 'dispatcher');
      await local.close();

      expect(workerToken).toEqual({
        scope: 'orders/read orders/write',
        customClaims: {
          ...payments?.defaults?.claims,
          ...worker?.claims,
          ...worker?.claimsByScope?.['orders/write'],
        },
      });
      expect(dispatcherToken).toEqual({
        scope: 'shipments/read',
        customClaims: { ...logistics?.defaults?.claims },
      });
    },
  );

  step('plans what was changed in the file, and nothing else', async () => {
    await deployment.declare(changedEnvironment());
    await deployment.cdktf('synth', 'trial');

    expect(await deployment.plan('trial-claims')).toEqual([]);
    expect(await deployment.plan('trial-pool-logistics')).toEqual([]);
    expect(await deployment.plan('trial-pool-payments')).toEqual([
      'create aws_cognito_user_pool_client.client["auditor"]',
      'create aws_dynamodb_table_item.baseline["auditor"]',
      'create aws_secretsmanager_secret.client["auditor"]',
      'create aws_secretsmanager_secret_version.client["auditor"]',
      'create aws_ssm_parameter.client["auditor"]',
      expect.stringMatching(/^update aws_cognito_resource_server\.servers_orders_/),
      'update aws_cognito_user_pool_client.client["billing-worker"]',
      'update aws_dynamodb_table_item.baseline["billing-worker"]',
      'update aws_dynamodb_table_item.settings',
    ]);
  });

  step('deploys only one pool, without touching another stack', async () => {
    const others = ['trial-claims', 'trial-pool-logistics'];
    const serials = async () =>
      Promise.all(others.map(async (stack) => (await deployment.readState(stack)).serial));
    const before = await serials();

    await deployment.cdktf('deploy', 'trial-pool-payments', ...UNATTENDED);

    expect(await serials()).toEqual(before);
    expect(await deployment.plan('trial-pool-payments')).toEqual([]);
    expect(await deployed.readItems('m2m-trial-claims')).toEqual(
      await deployed.expectedItems(changedEnvironment()),
    );
  });

  step('leaves a secret alone that was rotated, again and again', async () => {
    const secretName = 'm2m/trial/payments/billing-worker/credentials';
    const parameters = await deployed.readParameters('/m2m/trial/payments');
    const userPoolId = parameters['/m2m/trial/payments/user-pool-id'] ?? '';
    for (const secret of ['first+rotated+secret_0123', 'second+rotated+secret_0123']) {
      await rotateSecret(aws, { secretName, userPoolId, secret });
    }

    expect(await deployment.plan('trial-pool-payments')).toEqual([]);
    await deployment.cdktf('deploy', 'trial-pool-payments', ...UNATTENDED);

    expect(await deployed.readSecret(secretName)).toMatchObject({
      client_secret: 'second+rotated+secret_0123',
    });
  });

  step('is destroyed without a trace', async () => {
    // A kind of which there is nothing before can't tell anything afterwards.
    for (const [kind, names] of Object.entries(await listExisting(aws))) {
      expect([kind, names]).not.toEqual([kind, []]);
    }

    await deployment.cdktf('destroy', 'trial-*', ...UNATTENDED);

    const left = Object.values(await listExisting(aws)).flat();
    expect(left).toEqual([]);
    for (const stack of STACKS) {
      expect((await deployment.readState(stack)).resources).toEqual([]);
    }
  });
});

/** What the trigger put in, apart from the claims of every token. */
function customClaimsOf(payload: JWTPayload) {
  const { sub, token_use, auth_time, iss, exp, iat, version, jti, client_id, scope, ...rest } =
    payload;
  return { scope, customClaims: rest };
}
