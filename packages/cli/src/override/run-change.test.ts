import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { anOverride } from '@cognito-m2m/claim-schema/testing';
import { aClient, anEnvironment, aPool } from '@cognito-m2m/environment/fixtures';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { awsError, createFakeAws, TRIGGER_CONFIGURATION } from '../../test/fake-aws.ts';
import { startDeployment, type TestDeployment } from '../../test/start-deployment.ts';
import { createLocalTarget } from '../deployment/find-target.ts';
import { history } from '../history/history.ts';
import { runChange } from './commands.ts';
import type { OverrideChange } from './next-state.ts';

const CLIENT = { poolName: 'payments', clientName: 'billing-worker' };

let deployment: TestDeployment;
beforeAll(async () => {
  const clients = {
    'billing-worker': aClient(),
    'busy-worker': aClient(),
    'corrupt-worker': aClient(),
  };
  deployment = await startDeployment(anEnvironment({ pools: { payments: aPool({ clients }) } }));
});
afterAll(() => deployment.close());

test.each<[OverrideChange['type'], OverrideChange]>([
  ['set', { type: 'set', members: [], expiresAt: undefined, claims: { tier: { value: 'free' } } }],
  ['unset', { type: 'unset', members: [], claimNames: ['tier'] }],
  ['rollback', { type: 'rollback', toRevision: 0 }],
  ['disable', { type: 'disable' }],
  ['enable', { type: 'enable' }],
])(
  '%s through a local Cognito that only shows another API is refused before it asks',
  async (_type, change) => {
    const questions: string[] = [];
    const confirm = async (_text: string, question: string) => questions.push(question) > 0;
    const context = deployment.context({ prompt: { confirm } });
    const target = createLocalTarget({
      environment: deployment.environment,
      deployment: { ...deployment.cognito, isReadOnly: true },
    });
    const input = { ...CLIENT, reason: 'a test', isConfirmed: false };

    await expect(runChange({ ...context, target }, input, change)).rejects.toMatchObject({
      code: 'ERR_CHANGE_REFUSED',
      next: expect.stringContaining('--aws'),
    });

    expect(questions).toEqual([]);
    expect((await history(context, CLIENT)).json).toMatchObject({ revisions: [] });
  },
);

test.each([
  ['the same contract', TRIGGER_CONFIGURATION, true],
  ['another contract', { ...TRIGGER_CONFIGURATION, Environment: {} }, false],
  ['a contract that this caller may not know', awsError('AccessDeniedException'), null],
])(
  'a claim for a trigger with %s is shown as such before it is written',
  async (_, trigger, isSame) => {
    const shown: string[] = [];
    const confirm = async (text: string) => shown.push(text) > 1;
    const context = deployment.context({ prompt: { confirm } });
    const { target } = createFakeAws(context.target, { GetFunctionConfiguration: trigger });
    const input = { ...CLIENT, reason: 'a test', isConfirmed: false };
    const change = {
      type: 'set',
      members: [],
      expiresAt: undefined,
      claims: { tier: { value: 'free' } },
    } as const;

    const { json } = await runChange({ ...context, target }, input, change);

    expect(json).toMatchObject({ isWritten: false, isOfTriggersContract: isSame });
    expect(shown.join().includes('built with another contract')).toBe(isSame === false);
  },
);

test('the kill switch asks nothing about the trigger', async () => {
  const context = deployment.context({ prompt: { confirm: async () => false } });
  const { target, operations } = createFakeAws(context.target, {});
  const input = { ...CLIENT, reason: 'a test', isConfirmed: false };

  await runChange({ ...context, target }, input, { type: 'disable' });

  expect(operations).not.toContain('GetFunctionConfiguration');
});

describe('the kill switch', () => {
  const kill = (clientName: string, type: 'disable' | 'enable') =>
    runChange(
      deployment.context(),
      { poolName: 'payments', clientName, reason: 'a test', isConfirmed: true },
      { type },
    );

  test.each(['set', 'unset', 'disable', 'enable'] as const)(
    'the kill switch and every change but a rollback read two items of a long history: %s',
    async (type) => {
      const ids = idsOf('busy-worker');
      const claims = { tier: { value: 'free' } };
      await deployment.put(
        ...Array.from({ length: 30 }, (_, index) =>
          anOverride({ ...ids, revision: index + 1, claims, disabled: type === 'enable' }),
        ),
      );
      const context = deployment.context({ prompt: { confirm: async () => false } });
      const read: string[] = [];
      const openClaims: typeof context.target.openClaims = (pool) => {
        const access = context.target.openClaims(pool);
        const readHistory = async () => {
          throw new Error('the whole history is not needed');
        };
        const readNewest: typeof access.lister.readNewest = (userPoolId, clientId) => {
          read.push(clientId);
          return access.lister.readNewest(userPoolId, clientId);
        };
        return { ...access, lister: { ...access.lister, readHistory, readNewest } };
      };
      const changes: { readonly [kind: string]: OverrideChange } = {
        set: {
          type: 'set',
          members: [],
          expiresAt: undefined,
          claims: { tier: { value: 'premium' } },
        },
        unset: { type: 'unset', members: [], claimNames: ['tier'] },
      };

      const { json } = await runChange(
        { ...context, target: { ...context.target, openClaims } },
        { poolName: 'payments', clientName: 'busy-worker', reason: 'a test', isConfirmed: false },
        changes[type] ?? { type: type as 'disable' },
      );

      expect(json).toMatchObject({ isWritten: false, revision: 30 });
      expect(read).toEqual([ids.clientId]);
    },
  );

  test('the kill switch works over an override that is not a valid record, and replaces it', async () => {
    const ids = idsOf('corrupt-worker');
    const claims = { tier: { value: 'free' } };
    await deployment.put(anOverride({ ...ids, revision: 1, claims }));
    await putCorrupt(ids, 'CLAIMS#0000000002');

    expect(await kill('corrupt-worker', 'disable')).toMatchObject({
      json: { isWritten: true, revision: 3, after: { token: 'ERR_CLIENT_DISABLED' } },
    });
    expect(await kill('corrupt-worker', 'enable')).toMatchObject({
      json: { isWritten: true, revision: 4, after: { claims: { tier: 'free' } } },
    });
  });

  test('the kill switch works over a baseline that is not a valid record', async () => {
    await putCorrupt(idsOf('corrupt-worker'), 'CLAIMS#BASELINE');

    expect(await kill('corrupt-worker', 'disable')).toMatchObject({ json: { isWritten: true } });
  });
});

function idsOf(clientName: string) {
  return {
    userPoolId: 'eu-central-1_Local0001',
    clientId: deployment.clientId('payments', clientName),
  };
}

/** Writes an item that lacks everything but its key. */
async function putCorrupt(ids: ReturnType<typeof idsOf>, sortKeyEnd: string): Promise<void> {
  const { dynamoDbEndpoint: endpoint, tableName } = deployment.cognito;
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new DynamoDBClient({ region: 'eu-central-1', endpoint, credentials });
  const Item = {
    pk: { S: `POOL#${ids.userPoolId}` },
    sk: { S: `CLIENT#${ids.clientId}#${sortKeyEnd}` },
  };
  await client.send(new PutItemCommand({ TableName: tableName, Item }));
  client.destroy();
}
