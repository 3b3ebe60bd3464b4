import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AddUserPoolClientSecretCommand,
  CognitoIdentityProviderClient,
  DeleteUserPoolClientSecretCommand,
  ListUserPoolClientSecretsCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { createClaimsLister } from '@cognito-m2m/claims-store/lister';
import { createClaimsReader } from '@cognito-m2m/claims-store/reader';
import { createClaimsWriter } from '@cognito-m2m/claims-store/writer';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { spawnServer } from '../../test/spawn-start.ts';
import type { LocalEnvironment } from './start-local-environment.ts';

const ROUNDS = 3;
/** So many acknowledged writes of each kind, and then the server dies amid the next. */
const WRITES_PER_ROUND = 4;

/** The entry of the first client. */
const SecretId = 'm2m/local/payments/billing-worker/credentials';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'local-cognito-'));
});
afterAll(() => rm(directory, { recursive: true }));

test('a killed server loses no acknowledged write', async () => {
  const acknowledged = { secret: '', secretId: '', revision: 0, version: '' };
  const keySets = new Set<string>();
  for (let round = 0; round < ROUNDS; round += 1) {
    const { process, cognito } = await spawnServer(directory);
    keySets.add(await (await fetch(cognito.pools[0]?.jwksUri ?? '')).text());
    if (acknowledged.secret !== '') await expectKept(cognito, acknowledged);

    const writes = createWriteCount(['secret', 'revision', 'version']);
    const writing = Promise.all([
      rotateForever(cognito, acknowledged.secretId, (secret) => {
        Object.assign(acknowledged, secret);
        writes.add('secret');
      }),
      overrideForever(cognito, acknowledged.revision, (revision) => {
        acknowledged.revision = revision;
        writes.add('revision');
      }),
      putForever(cognito, (version) => {
        acknowledged.version = version;
        writes.add('version');
      }),
    ]);
    // A writer only ends with an error.
    await Promise.race([writing, writes.areEnough]);
    process.child.kill('SIGKILL');
    await Promise.allSettled([writing, process.finished]);
  }

  const { process, cognito } = await spawnServer(directory);
  await expectKept(cognito, acknowledged);
  process.child.kill('SIGTERM');
  await expect(process.finished).resolves.toMatchObject({ exitCode: 0, stderr: '' });
  expect(keySets.size).toBe(1);
}, 180_000);

function createWriteCount(kinds: readonly string[]) {
  const missing = new Map(kinds.map((kind) => [kind, WRITES_PER_ROUND]));
  let settle: () => void = () => undefined;
  const areEnough = new Promise<void>((resolve) => {
    settle = resolve;
  });
  return {
    areEnough,
    add(kind: string) {
      missing.set(kind, (missing.get(kind) ?? 0) - 1);
      if ([...missing.values()].every((count) => count <= 0)) settle();
    },
  };
}

async function expectKept(
  cognito: LocalEnvironment,
  { secret, revision, version }: { secret: string; revision: number; version: string },
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

  const history = await withTable(cognito, (table) =>
    createClaimsLister(table).readHistory(pool.userPoolId, client.clientId),
  );
  const revisions = history.revisions.map((record) => record.revision);
  // None is missing amid the others, and what was acknowledged last is there.
  expect(revisions).toEqual(revisions.map((_revision, index) => index + 1));
  expect(revisions.length).toBeGreaterThanOrEqual(revision);
  if (version !== '') await expect(readVersion(cognito, version)).resolves.toBe(version);
}

async function rotateForever(
  cognito: LocalEnvironment,
  acknowledgedId: string,
  onAcknowledged: (secret: { readonly secret: string; readonly secretId: string }) => void,
): Promise<void> {
  const { pool, client } = firstOf(cognito);
  const ids = { UserPoolId: pool.userPoolId, ClientId: client.clientId };
  const sdk = new CognitoIdentityProviderClient({
    endpoint: cognito.url,
    region: cognito.region,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  for (let keptId = acknowledgedId; ; ) {
    const { ClientSecrets = [] } = await sdk.send(new ListUserPoolClientSecretsCommand(ids));
    // The server may have died before it acknowledged the newest one: what was acknowledged stays, whatever its age.
    const others = ClientSecrets.filter(({ ClientSecretId }) => ClientSecretId !== keptId);
    for (const { ClientSecretId } of keptId === '' ? others.slice(0, -1) : others) {
      await sdk.send(new DeleteUserPoolClientSecretCommand({ ...ids, ClientSecretId }));
    }
    const { ClientSecretDescriptor } = await sdk.send(new AddUserPoolClientSecretCommand(ids));
    const { ClientSecretId = '', ClientSecretValue = '' } = ClientSecretDescriptor ?? {};
    keptId = ClientSecretId;
    onAcknowledged({ secret: ClientSecretValue, secretId: ClientSecretId });
  }
}

async function putForever(
  cognito: LocalEnvironment,
  onAcknowledged: (version: string) => void,
): Promise<void> {
  const sdk = createSecretsSdk(cognito);
  for (;;) {
    const version = randomUUID();
    await sdk.send(
      new PutSecretValueCommand({ SecretId, ClientRequestToken: version, SecretString: version }),
    );
    onAcknowledged(version);
  }
}

async function readVersion(
  cognito: LocalEnvironment,
  VersionId: string,
): Promise<string | undefined> {
  const sdk = createSecretsSdk(cognito);
  const { SecretString } = await sdk.send(new GetSecretValueCommand({ SecretId, VersionId }));
  sdk.destroy();
  return SecretString;
}

function createSecretsSdk({ url: endpoint, region }: LocalEnvironment): SecretsManagerClient {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  return new SecretsManagerClient({ endpoint, region, credentials, maxAttempts: 1 });
}

function overrideForever(
  cognito: LocalEnvironment,
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
  { dynamoDbEndpoint: endpoint, region, tableName }: LocalEnvironment,
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

function firstOf({ pools }: LocalEnvironment) {
  const pool = pools[0];
  const client = pool?.clients[0];
  if (pool && client) return { pool, client };
  throw new Error('The environment is empty.');
}
