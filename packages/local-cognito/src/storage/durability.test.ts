import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import {
  AddUserPoolClientSecretCommand,
  CognitoIdentityProviderClient,
  DeleteUserPoolClientSecretCommand,
  ListUserPoolClientSecretsCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createClaimsReader } from '@cognito-m2m/claims-store/reader';
import { createClaimsWriter } from '@cognito-m2m/claims-store/writer';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { spawnServer } from '../../test/spawn-start.ts';
import type { LocalCognito } from '../index.ts';

const ROUNDS = 3;
/** Long enough for some dozen writes, short enough to end amid them. */
const WRITING_MS = 300;

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'local-cognito-'));
});
afterAll(() => rm(directory, { recursive: true }));

test('a killed server loses no acknowledged write', async () => {
  const acknowledged = { secret: '', revision: 0 };
  const keySets = new Set<string>();
  let writes = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const { process, cognito } = await spawnServer(directory);
    keySets.add(await (await fetch(cognito.pools[0]?.jwksUri ?? '')).text());
    if (acknowledged.secret !== '') await expectKept(cognito, acknowledged);

    const writing = Promise.all([
      rotateForEver(cognito, (secret) => {
        acknowledged.secret = secret;
        writes += 1;
      }),
      overrideForEver(cognito, acknowledged.revision, (revision) => {
        acknowledged.revision = revision;
        writes += 1;
      }),
    ]);
    await Promise.race([writing, setTimeout(WRITING_MS)]);
    process.child.kill('SIGKILL');
    await Promise.allSettled([writing, process.finished]);
  }

  const { process, cognito } = await spawnServer(directory);
  await expectKept(cognito, acknowledged);
  process.child.kill('SIGTERM');
  await expect(process.finished).resolves.toMatchObject({ exitCode: 0, stderr: '' });
  expect(keySets.size).toBe(1);
  expect(writes).toBeGreaterThan(2 * ROUNDS);
}, 60_000);

async function expectKept(
  cognito: LocalCognito,
  { secret, revision }: { secret: string; revision: number },
): Promise<void> {
  const { pool, client } = firstOf(cognito);
  const response = await fetch(pool.tokenEndpoint, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: client.clientId,
      client_secret: secret,
    }),
  });
  expect(response.status).toBe(200);

  const { override } = await withTable(cognito, (table) =>
    createClaimsReader(table).readLayers(pool.userPoolId, client.clientId),
  );
  expect(override?.revision).toBeGreaterThanOrEqual(revision);
}

async function rotateForEver(
  cognito: LocalCognito,
  onAcknowledged: (secret: string) => void,
): Promise<void> {
  const { pool, client } = firstOf(cognito);
  const ids = { UserPoolId: pool.userPoolId, ClientId: client.clientId };
  const sdk = new CognitoIdentityProviderClient({
    endpoint: cognito.url,
    region: cognito.region,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  for (;;) {
    const { ClientSecrets = [] } = await sdk.send(new ListUserPoolClientSecretsCommand(ids));
    // The server may have died between adding and deleting.
    for (const { ClientSecretId } of ClientSecrets.slice(0, -1)) {
      await sdk.send(new DeleteUserPoolClientSecretCommand({ ...ids, ClientSecretId }));
    }
    const { ClientSecretDescriptor } = await sdk.send(new AddUserPoolClientSecretCommand(ids));
    onAcknowledged(ClientSecretDescriptor?.ClientSecretValue ?? '');
  }
}

function overrideForEver(
  cognito: LocalCognito,
  acknowledged: number,
  onAcknowledged: (revision: number) => void,
): Promise<void> {
  const { pool, client } = firstOf(cognito);
  return withTable(cognito, async (table) => {
    const writer = createClaimsWriter(table);
    const { override } = await createClaimsReader(table).readLayers(
      pool.userPoolId,
      client.clientId,
    );
    for (let revision = Math.max(acknowledged, override?.revision ?? 0) + 1; ; revision += 1) {
      await writer.addOverride({
        kind: 'override',
        userPoolId: pool.userPoolId,
        clientId: client.clientId,
        revision,
        disabled: false,
        claims: { tier: { value: 'free' } },
        updatedBy: 'test',
        reason: 'durability',
        updatedAt: '2026-01-01T00:00:00.000Z',
      });
      onAcknowledged(revision);
    }
  });
}

async function withTable<T>(
  { dynamoDbEndpoint: endpoint, region, tableName }: LocalCognito,
  use: (table: { client: DynamoDBClient; tableName: string }) => Promise<T>,
): Promise<T> {
  const client = new DynamoDBClient({
    endpoint,
    region,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  try {
    return await use({ client, tableName });
  } finally {
    client.destroy();
  }
}

function firstOf({ pools }: LocalCognito) {
  const pool = pools[0];
  const client = pool?.clients[0];
  if (pool && client) return { pool, client };
  throw new Error('The environment is empty.');
}
