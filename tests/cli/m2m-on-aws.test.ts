import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { createClaimsWriter } from '@cognito-m2m/claims-store/writer';
import { loadEnvironment, toBaselineRecord, toSettingsRecord } from '@cognito-m2m/environment';
import { FIXTURE_ENVIRONMENTS } from '@cognito-m2m/environment/fixtures';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type LocalAws, startLocalAws } from '../support/local-aws.ts';
import { runM2m } from '../support/m2m.ts';
import { requiredTools } from '../support/tools.ts';

// Python starts an API and every command is a process of its own.
jest.setTimeout(120_000);

const POOL_ID = 'eu-central-1_Aws000001';
const TABLE_NAME = 'claims';
const tools = await requiredTools();

(tools === undefined ? describe.skip : describe)('m2m on an API like AWS', () => {
  let aws: LocalAws;
  beforeAll(async () => {
    if (tools === undefined) return;
    aws = await startLocalAws(tools);
    await writeDeployment(aws);
  });
  afterAll(() => aws?.close());

  const m2m = (...argv: string[]) =>
    runM2m([...argv, '--env', 'local', '--environments', FIXTURE_ENVIRONMENTS], aws.env);

  test('m2m finds the pool through its parameters', async () => {
    const { exitCode, stdout, stderr } = await m2m('list', '--json');

    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      target: `AWS eu-central-1 at ${aws.endpointUrl}`,
      pools: [{ userPoolId: POOL_ID, clients: [{ client: 'billing-worker', token: 'issued' }] }],
    });
    expect(stderr).not.toMatch(/warning/i);
  });

  test('m2m plans what is missing: exit 2', async () => {
    const { exitCode, stdout } = await m2m('plan', '--json');

    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      counts: { added: 1, unchanged: 1 },
      pools: [{ clients: [{ client: 'report-viewer', status: 'added' }] }],
    });
  });

  test('m2m finds a pool that the file no longer declares: exit 2', async () => {
    const { exitCode, stdout } = await m2m('plan', '--json');

    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ isSame: false, removedPools: ['shipping'] });
  });

  test('m2m finds the client, and keeps who stopped it as an ARN', async () => {
    const client = ['payments', 'billing-worker'];
    const disable = await m2m('disable', ...client, '--reason', 'a leak', '--yes', '--json');
    const { stdout } = await m2m('history', ...client, '--json');

    expect(disable).toMatchObject({ exitCode: 0 });
    expect(JSON.parse(stdout)).toMatchObject({
      clientId: 'billing-client-id',
      revisions: [{ disabled: true, updatedBy: expect.stringMatching(/^arn:aws:/) }],
    });
  });

  test('a client that is declared and not deployed is an error that names plan', async () => {
    const { exitCode, stderr } = await m2m('explain', 'payments', 'report-viewer');

    expect(exitCode).toBe(1);
    expect(stderr).toContain('Next: m2m plan payments --env local');
  });
});

/** Writes what a deploy of the first client leaves behind, as far as these commands read it. */
async function writeDeployment({ endpointUrl }: LocalAws): Promise<void> {
  const config = {
    region: 'eu-central-1',
    endpoint: endpointUrl,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  };
  await writeParameters(new SSMClient(config));
  await writeTable(new DynamoDBClient(config));
}

async function writeParameters(ssm: SSMClient): Promise<void> {
  const parameters = {
    'payments/user-pool-id': POOL_ID,
    'payments/issuer': `https://cognito-idp.eu-central-1.amazonaws.com/${POOL_ID}`,
    'payments/token-endpoint': 'https://acme.auth.eu-central-1.amazoncognito.com/oauth2/token',
    'payments/table-name': TABLE_NAME,
    'payments/clients/billing-worker': 'billing-client-id',
    // A client may be called like a parameter of the pool.
    'payments/clients/user-pool-id': 'other-client-id',
    // Of a pool that is no longer in the file.
    'shipping/user-pool-id': 'eu-central-1_Aws000002',
  };
  for (const [name, Value] of Object.entries(parameters)) {
    await ssm.send(new PutParameterCommand({ Name: `/m2m/local/${name}`, Value, Type: 'String' }));
  }
}

async function writeTable(client: DynamoDBClient): Promise<void> {
  const keys = [
    { AttributeName: 'pk', KeyType: 'HASH', AttributeType: 'S' },
    { AttributeName: 'sk', KeyType: 'RANGE', AttributeType: 'S' },
  ] as const;
  const table = new CreateTableCommand({
    TableName: TABLE_NAME,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: keys.map(({ AttributeName, KeyType }) => ({ AttributeName, KeyType })),
    AttributeDefinitions: keys.map(({ AttributeName, AttributeType }) => ({
      AttributeName,
      AttributeType,
    })),
  });
  await client.send(table);
  const { pools } = await loadEnvironment('local', { contract, directory: FIXTURE_ENVIRONMENTS });
  const pool = pools.find(({ name }) => name === 'payments');
  const billing = pool?.clients.find(({ name }) => name === 'billing-worker');
  if (pool === undefined || billing === undefined) throw new Error('The environment has changed.');
  const writer = createClaimsWriter({ client, tableName: TABLE_NAME });
  await writer.putDeclared(toSettingsRecord(pool, POOL_ID));
  const ids = { userPoolId: POOL_ID, clientId: 'billing-client-id' };
  await writer.putDeclared(toBaselineRecord(pool, billing, ids));
}
