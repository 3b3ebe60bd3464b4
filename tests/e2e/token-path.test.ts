import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import {
  CognitoIdentityProviderClient,
  DescribeUserPoolCommand,
  UpdateUserPoolCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { OverrideRecord } from '@cognito-m2m/claim-schema';
import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { createClaimsWriter } from '@cognito-m2m/claims-store/writer';
import { loadEnvironment } from '@cognito-m2m/environment';
import { FIXTURE_ENVIRONMENTS } from '@cognito-m2m/environment/fixtures';
import {
  type LocalEnvironment,
  startLocalEnvironment,
} from '@cognito-m2m/local-cognito/environment';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { findClient, requestClaims, requestToken } from '../support/token.ts';

/** Longer than `cacheSeconds` of the environment `local`: the trigger has read the table again. */
const CACHE_EXPIRY_MS = 1_200;

let local: LocalEnvironment;

beforeAll(async () => {
  local = await startLocalEnvironment({
    environment: await loadEnvironment('local', { contract, directory: FIXTURE_ENVIRONMENTS }),
  });
}, 30_000);

afterAll(() => local?.close());

const clientOf = (name: string) => findClient(local, 'payments', name);

const claimsOf = (name: string, fields?: Record<string, string>) =>
  requestClaims(clientOf(name), fields);

async function addOverride(name: string, fields: Partial<OverrideRecord>): Promise<void> {
  const client = new DynamoDBClient({
    endpoint: local.dynamoDbEndpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const writer = createClaimsWriter({ client, tableName: local.tableName });
  const { pool, clientId } = clientOf(name);
  await writer.addOverride({
    kind: 'override',
    userPoolId: pool.userPoolId,
    clientId,
    revision: 1,
    disabled: false,
    claims: {},
    updatedBy: 'test',
    reason: 'to see it in a token',
    updatedAt: new Date().toISOString(),
    ...fields,
  });
  client.destroy();
  await sleep(CACHE_EXPIRY_MS);
}

describe('the request of the article, to the letter', () => {
  test('curl gets a token that holds the declared claims', async () => {
    const { pool, clientId, clientSecret } = clientOf('billing-worker');
    const { stdout } = await promisify(execFile)('curl', [
      '-s',
      ...['-X', 'POST'],
      ...['-H', 'Content-Type: application/x-www-form-urlencoded'],
      ...[
        '-d',
        `grant_type=client_credentials&client_id=${clientId}&client_secret=${clientSecret}`,
      ],
      `${local.url}/${pool.name}/oauth2/token`,
    ]);
    const answer = JSON.parse(stdout);

    const [, payload] = answer.access_token.split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());

    expect(answer).toEqual({
      access_token: expect.any(String),
      expires_in: 1800,
      token_type: 'Bearer',
    });
    expect(claims).toMatchObject({
      'custom:organization_id': '12345',
      'custom:role': 'admin',
      tier: 'premium',
    });
  });
});

describe('layers', () => {
  test('a claim of a scope comes only with the scope', async () => {
    const all = await claimsOf('billing-worker');
    const readOnly = await claimsOf('billing-worker', { scope: 'orders/read' });

    expect(all).toMatchObject({ approval_limit: 5000, scope: 'orders/read orders/write' });
    expect(readOnly).toMatchObject({ environment: 'local', scope: 'orders/read' });
    expect(readOnly).not.toHaveProperty('approval_limit');
  });

  test('a claim from metadata is one of the list', async () => {
    const metadata = (tenant: string) => ({ aws_client_metadata: JSON.stringify({ tenant }) });

    const claims = await claimsOf('report-viewer', metadata('t-2'));
    const refused = await requestToken(clientOf('report-viewer'), metadata('t-9'));
    const missing = await requestToken(clientOf('report-viewer'));

    expect(claims).toMatchObject({ tenant_id: 't-2', tier: 'free' });
    expect([refused.status, missing.status]).toEqual([400, 400]);
    expect(refused).not.toHaveProperty('access_token');
  });
});

describe('a change of the table', () => {
  test('a change of the table shows in a later token, until the claim expires', async () => {
    const expiresAt = Math.floor(Date.now() / 1000) + 4;
    await addOverride('billing-worker', { claims: { tier: { value: 'free', expiresAt } } });

    const overridden = await claimsOf('billing-worker');
    await sleep(expiresAt * 1000 - Date.now() + 100);
    const expired = await claimsOf('billing-worker');

    expect(overridden['tier']).toBe('free');
    expect(expired['tier']).toBe('premium');
  });

  test('a disabled client gets no token', async () => {
    await addOverride('billing-worker', { revision: 2, disabled: true });

    const answer = await requestToken(clientOf('billing-worker'));

    expect(answer.status).toBe(400);
    expect(answer).not.toHaveProperty('access_token');
  });
});

describe('a client that registered itself', () => {
  test('a client that registered itself is unknown to the table, and gets no token', async () => {
    const { pool } = clientOf('report-viewer');
    await openRegistration(pool.userPoolId);

    const registered = await fetch(`${local.url}/${pool.name}/oauth2/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ grant_types: ['client_credentials'], client_name: 'agent' }),
    });
    const { client_id, client_secret } = Object(await registered.json());
    const client = { name: 'agent', clientId: client_id, clientSecret: client_secret, pool };
    const answer = await requestToken(client);

    expect(registered.status).toBe(201);
    expect(answer).toMatchObject({
      status: 400,
      error: expect.stringContaining('ERR_CLIENT_UNKNOWN'),
    });
    expect(answer).not.toHaveProperty('access_token');
  });
});

/** Lets anyone register clients for machines; the pool keeps its trigger. */
async function openRegistration(userPoolId: string): Promise<void> {
  const api = new CognitoIdentityProviderClient({
    endpoint: local.url,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const { UserPool } = await api.send(new DescribeUserPoolCommand({ UserPoolId: userPoolId }));
  await api.send(
    new UpdateUserPoolCommand({
      UserPoolId: userPoolId,
      LambdaConfig: UserPool?.LambdaConfig,
      DcrConfiguration: { OpenDcrEnabled: true, OpenDcrGrantTypes: ['client_credentials'] },
    }),
  );
  api.destroy();
}
