import { A_CLIENT_ID, aBaseline, aClientCredentialsEvent } from '@cognito-m2m/claim-schema/testing';
import { type ClaimsTable, startClaimsTable } from '@cognito-m2m/claims-store/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { RUNTIME_CLIENTS } from './runtime-clients.ts';
import { startTriggerProcess, type TriggerProcess } from './start-trigger-process.ts';

let table: ClaimsTable;

beforeAll(async () => {
  table = await startClaimsTable();
  await table.put(aBaseline());
});

afterAll(() => table.close());

describe.each(RUNTIME_CLIENTS)('the built bundle in the runtime client of $name', (client) => {
  let trigger: TriggerProcess;

  beforeEach(async () => {
    const variables = {
      CLAIMS_TABLE_NAME: table.tableName,
      AWS_ENDPOINT_URL_DYNAMODB: table.endpointUrl,
    };
    trigger = await startTriggerProcess(variables, client);
  });

  afterEach(() => trigger.close());

  test('the built bundle is found by its handler name and answers the event with the claims', async () => {
    const event = aClientCredentialsEvent({ clientId: A_CLIENT_ID });

    const { answer } = await trigger.call(event);

    const { response: _none, ...question } = event;
    expect(answer).toMatchObject({
      ...question,
      response: {
        claimsAndScopeOverrideDetails: {
          accessTokenGeneration: { claimsToAddOrOverride: { tier: 'premium' } },
        },
      },
    });
  });

  test('the built bundle writes one line for a token, with the id of the request, and the client adds none', async () => {
    await trigger.call(aClientCredentialsEvent({ clientId: A_CLIENT_ID }));

    expect(trigger.written().trimEnd().split('\n')).toHaveLength(1);
    expect(JSON.parse(trigger.written())).toMatchObject({
      message: 'token.issued',
      requestId: 'request',
    });
  });

  test('the built bundle refuses with a sentence and no stack, which is all that the client prints too', async () => {
    const { error } = await trigger.call(aClientCredentialsEvent({ clientId: 'nobody' }));

    const errorMessage = 'This client has no claims declared. (ERR_CLIENT_UNKNOWN)';
    const line = `TokenRefused: ${errorMessage}`;
    expect(error).toEqual({ errorType: 'TokenRefused', errorMessage, trace: [line] });
    const [ours, ofClient, ...others] = trigger.written().trimEnd().split('\n');
    expect(trigger.lines()).toEqual([ours]);
    expect(JSON.parse(ofClient ?? '')).toMatchObject({
      level: 'ERROR',
      requestId: 'request',
      message: { errorType: 'TokenRefused', errorMessage, stackTrace: [line] },
    });
    expect(others).toEqual([]);
  });

  test('the built bundle goes on after a refusal', async () => {
    await trigger.call(aClientCredentialsEvent({ clientId: 'nobody' }));

    const { answer } = await trigger.call(aClientCredentialsEvent({ clientId: A_CLIENT_ID }));

    expect(answer).toBeDefined();
  });
});
