import {
  A_CLIENT_ID,
  aBaseline,
  aClientCredentialsEvent,
  anOverride,
} from '@cognito-m2m/claim-schema/testing';
import {
  type ClaimsTable,
  type FaultyProxy,
  startClaimsTable,
  startFaultyProxy,
} from '@cognito-m2m/claims-store/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  startTriggerProcess,
  type TriggerProcess,
} from '../lambda-runtime/start-trigger-process.ts';

const HALF_AN_HOUR_SECONDS = 1800;
const ONE_HOUR_MS = 3_600_000;

let table: ClaimsTable;
let proxy: FaultyProxy;
let trigger: TriggerProcess;

beforeAll(async () => {
  table = await startClaimsTable();
  proxy = await startFaultyProxy(table.endpointUrl);
  // Signatures of another time are refused, as DynamoDB does.
  await proxy.setFault({ kind: 'clock-check' });
  trigger = await startTriggerProcess({
    CLAIMS_TABLE_NAME: table.tableName,
    CLAIMS_CACHE_SECONDS: '0',
    AWS_ENDPOINT_URL_DYNAMODB: proxy.endpointUrl,
  });
});

afterAll(async () => {
  await trigger.close();
  await proxy.close();
  await table.close();
});

/** The role in the token of a client whose override of it expires so many seconds from now. */
async function roleWith(
  expiresInSeconds: number,
  clockJumpMs: number,
): Promise<string | undefined> {
  const expiresAt = Math.floor(Date.now() / 1000) + expiresInSeconds;
  const claims = { 'custom:role': { value: 'admin', expiresAt } };
  await table.put(aBaseline({ claims: { 'custom:role': 'viewer' } }), anOverride({ claims }));
  const event = aClientCredentialsEvent({ clientId: A_CLIENT_ID });
  const { answer } = await trigger.call(event, clockJumpMs);
  return /"custom:role":"(\w+)"/.exec(JSON.stringify(answer))?.[1];
}

describe('a claim expires by the clock of the table', () => {
  test.each([
    ['right', 0],
    ['one hour behind', -ONE_HOUR_MS],
    ['one hour ahead', ONE_HOUR_MS],
  ])(
    'a claim expires by the clock of the table if the clock of the machine is %s',
    async (_clock, clockJumpMs) => {
      const roles = [
        await roleWith(-HALF_AN_HOUR_SECONDS, clockJumpMs),
        await roleWith(HALF_AN_HOUR_SECONDS, clockJumpMs),
      ];

      expect(roles).toEqual(['viewer', 'admin']);
    },
  );
});
