import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  GetSecretValueCommand,
  type GetSecretValueCommandInput,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  type PutSecretValueCommandInput,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { startServer, type TestServer } from '../../test/start-server.ts';

const SecretId = 'm2m/test/payments/writer/credentials';
const FRESH = 'f'.repeat(32);
const OTHER = 'e'.repeat(32);

let server: TestServer;
let sdk: SecretsManagerClient;
beforeEach(async () => {
  server = await startServer();
  sdk = createSdk(server);
});
afterEach(async () => {
  sdk.destroy();
  await server.close();
});

function createSdk({ url: endpoint }: TestServer): SecretsManagerClient {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  return new SecretsManagerClient({ endpoint, region: 'eu-central-1', credentials });
}

function get(input: Partial<GetSecretValueCommandInput> = {}) {
  return sdk.send(new GetSecretValueCommand({ SecretId, ...input }));
}

function put(ClientRequestToken: string, input: Partial<PutSecretValueCommandInput> = {}) {
  const SecretString = `value of ${ClientRequestToken}`;
  return sdk.send(
    new PutSecretValueCommand({ SecretId, ClientRequestToken, SecretString, ...input }),
  );
}

function move(VersionStage: string, from: string | undefined, to: string | undefined) {
  const ends = { RemoveFromVersionId: from, MoveToVersionId: to };
  return sdk.send(new UpdateSecretVersionStageCommand({ SecretId, VersionStage, ...ends }));
}

async function stages(): Promise<Record<string, string[]>> {
  const list = new ListSecretVersionIdsCommand({ SecretId, IncludeDeprecated: true });
  const { Versions = [] } = await sdk.send(list);
  return Object.fromEntries(
    Versions.map(({ VersionId = '', VersionStages = [] }) => [VersionId, VersionStages]),
  );
}

test.each([
  'm2m/test/payments/writer/more',
  'm2m/test/payments/writer/',
  'arn:aws:secretsmanager:eu-central-1:000000000000:secret:m2m/test/payments/writer/more-Local0',
])('the server knows no entry %s', async (name) => {
  await expect(get({ SecretId: name })).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
});

test('a client has the entry that a deploy writes, by name and by ARN', async () => {
  const { ARN, Name, SecretString, VersionStages, CreatedDate } = await get();

  expect(JSON.parse(SecretString ?? '')).toEqual({
    client_id: server.writer.clientId,
    client_secret: server.writer.clientSecret,
  });
  expect({ Name, VersionStages, CreatedDate }).toEqual({
    Name: SecretId,
    VersionStages: ['AWSCURRENT'],
    CreatedDate: expect.any(Date),
  });
  expect(await get({ SecretId: ARN })).toMatchObject({ SecretString });
});

test('a staged version is read by its id and its label, and becomes the current one', async () => {
  const { VersionId: first = '' } = await get();

  await put(FRESH, { VersionStages: ['AWSPENDING'] });
  expect(await get()).toMatchObject({ VersionId: first });
  expect(await get({ VersionStage: 'AWSPENDING' })).toMatchObject({ VersionId: FRESH });

  await move('AWSCURRENT', first, FRESH);
  expect(await get()).toMatchObject({ SecretString: `value of ${FRESH}` });
  expect(await get({ VersionId: first })).toMatchObject({ VersionStages: ['AWSPREVIOUS'] });

  await move('AWSPENDING', FRESH, undefined);
  expect(await stages()).toEqual({ [first]: ['AWSPREVIOUS'], [FRESH]: ['AWSCURRENT'] });
});

test('a new version without labels becomes the current one; one without a label is listed on request', async () => {
  const { VersionId: first = '' } = await get();

  await put(FRESH);
  await put(OTHER);

  expect(await stages()).toEqual({
    [first]: [],
    [FRESH]: ['AWSPREVIOUS'],
    [OTHER]: ['AWSCURRENT'],
  });
  const { Versions = [] } = await sdk.send(new ListSecretVersionIdsCommand({ SecretId }));
  expect(Versions.map(({ VersionId }) => VersionId)).toEqual([FRESH, OTHER]);
});

test('the second of two that put the same version with different values is refused', async () => {
  await put(FRESH, { VersionStages: ['AWSPENDING'] });

  await expect(put(FRESH)).resolves.toMatchObject({ VersionId: FRESH });
  await expect(put(FRESH, { SecretString: 'another' })).rejects.toMatchObject({
    name: 'ResourceExistsException',
  });
  expect((await stages())[FRESH]).toEqual(['AWSPENDING']);
});

test.each([
  ['from a version that does not hold it', 'AWSCURRENT', OTHER, FRESH],
  ['without saying from where', 'AWSCURRENT', undefined, FRESH],
  ['to a version that is not there', 'AWSPENDING', FRESH, OTHER],
])('a label does not move %s', async (_case, label, from, to) => {
  await put(FRESH, { VersionStages: ['AWSPENDING'] });

  await expect(move(label, from, to)).rejects.toMatchObject({ name: 'InvalidParameterException' });
});

test('versions and labels outlive the server in its data folder', async () => {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'local-cognito-'));
  const first = await startServer({ dataDirectory });
  const before = createSdk(first);
  await before.send(
    new PutSecretValueCommand({ SecretId, ClientRequestToken: FRESH, SecretString: 'kept' }),
  );
  await first.close();
  const second = await startServer({ dataDirectory });
  const after = createSdk(second);

  const answer = await after.send(new GetSecretValueCommand({ SecretId }));

  expect(answer).toMatchObject({ VersionId: FRESH, SecretString: 'kept' });
  before.destroy();
  after.destroy();
  await second.close();
  await rm(dataDirectory, { recursive: true });
});

test.each([
  ['an unknown client', { SecretId: 'm2m/test/payments/nobody/credentials' }],
  ['a client of another environment', { SecretId: 'm2m/other/payments/writer/credentials' }],
  ['a name of other shape', { SecretId: 'test/payments/writer' }],
  ['an unknown version', { VersionId: OTHER }],
  ['a label that no version has', { VersionStage: 'AWSPENDING' }],
])('%s has no value', async (_case, input) => {
  await expect(get(input)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});
