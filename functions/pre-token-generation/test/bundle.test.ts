import { A_CLIENT_ID, aBaseline } from '@cognito-m2m/claim-schema/testing';
import { type ClaimsTable, startClaimsTable } from '@cognito-m2m/claims-store/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { TriggerHandler } from '../src/create-handler.ts';
import { aContext, aMachineEvent } from './machine-event.ts';

let table: ClaimsTable;
let handler: TriggerHandler;

beforeAll(async () => {
  table = await startClaimsTable();
  await table.put(aBaseline());
  Object.assign(process.env, {
    CLAIMS_TABLE_NAME: table.tableName,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_DYNAMODB: table.endpointUrl,
    POWERTOOLS_LOG_LEVEL: 'SILENT',
  });
  const url = new URL('../dist-fixtures/index.mjs', import.meta.url);
  ({ handler } = (await import(url.href)) as { handler: TriggerHandler });
});

afterAll(() => table.close());

describe('the bundle', () => {
  test('the bundle answers the whole event with the claims of the client', async () => {
    const event = aMachineEvent();

    const answer = await handler(event, aContext());

    expect(answer).toEqual({
      ...event,
      response: {
        claimsAndScopeOverrideDetails: {
          accessTokenGeneration: {
            claimsToAddOrOverride: {
              'custom:organization_id': '12345',
              'custom:role': 'admin',
              environment: 'test',
              tier: 'premium',
            },
            claimsToSuppress: [],
            scopesToAdd: [],
            scopesToSuppress: [],
          },
        },
      },
    });
  });

  test('the bundle refuses a client without a record in one plain sentence with a code', async () => {
    const event = aMachineEvent({ callerContext: { clientId: `${A_CLIENT_ID}x` } });

    await expect(handler(event, aContext())).rejects.toThrow(
      /^This client has no claims declared\. \(ERR_CLIENT_UNKNOWN\)$/,
    );
  });

  test('the bundle hands the event of a user sign-in back untouched', async () => {
    const event = aMachineEvent({ triggerSource: 'TokenGeneration_HostedAuth' });

    await expect(handler(event, aContext())).resolves.toBe(event);
  });
});
