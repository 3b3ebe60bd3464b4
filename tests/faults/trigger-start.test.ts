import { A_CLIENT_ID, aBaseline, aClientCredentialsEvent } from '@cognito-m2m/claim-schema/testing';
import {
  type ClaimsTable,
  type Fault,
  type FaultyProxy,
  startClaimsTable,
  startFaultyProxy,
} from '@cognito-m2m/claims-store/testing';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import {
  startTriggerProcess,
  type TriggerProcess,
} from '../lambda-runtime/start-trigger-process.ts';

let table: ClaimsTable;
let proxy: FaultyProxy;
let trigger: TriggerProcess;

beforeAll(async () => {
  table = await startClaimsTable();
  await table.put(aBaseline());
  proxy = await startFaultyProxy(table.endpointUrl);
});

afterEach(() => trigger.close());

afterAll(async () => {
  await proxy.close();
  await table.close();
});

function start(): Promise<TriggerProcess> {
  return startTriggerProcess({
    CLAIMS_TABLE_NAME: table.tableName,
    AWS_ENDPOINT_URL_DYNAMODB: proxy.endpointUrl,
  });
}

const FAULTS: [string, Fault, string][] = [
  ['refused', { kind: 'refuse' }, 'ERR_STORE_UNAVAILABLE'],
  ['hanging', { kind: 'hang' }, 'ERR_STORE_TIMEOUT'],
  [
    'out of order',
    { kind: 'error', status: 500, type: 'InternalServerError' },
    'ERR_STORE_UNAVAILABLE',
  ],
  [
    'missing',
    { kind: 'error', status: 400, type: 'ResourceNotFoundException' },
    'ERR_STORE_ACCESS',
  ],
  ['forbidden', { kind: 'error', status: 400, type: 'AccessDeniedException' }, 'ERR_STORE_ACCESS'],
  ['answering nothing', { kind: 'body', text: '' }, 'ERR_STORE_UNAVAILABLE'],
];

describe('the built bundle', () => {
  test('the built bundle starts without a line while the table is well', async () => {
    trigger = await start();

    expect(trigger.lines()).toEqual([]);
  });

  test.each(FAULTS)(
    'the built bundle starts while the table is %s, with one warning, and gives a token once it is not',
    async (_state, fault, cause) => {
      await proxy.setFault(fault);
      trigger = await start();
      await proxy.setFault(undefined);

      const { answer } = await trigger.call(aClientCredentialsEvent({ clientId: A_CLIENT_ID }));

      const lines = trigger.lines().map((line) => JSON.parse(line));
      expect(lines.filter(({ level }) => level !== 'INFO')).toMatchObject([
        { level: 'WARN', message: 'trigger.prewarm_failed', cause },
      ]);
      expect(answer).toMatchObject({
        response: {
          claimsAndScopeOverrideDetails: {
            accessTokenGeneration: { claimsToAddOrOverride: { tier: 'premium' } },
          },
        },
      });
    },
  );
});
