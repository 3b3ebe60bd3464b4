import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { encodeRecord } from '@cognito-m2m/claim-schema/records';
import {
  A_CLIENT_ID,
  A_POOL_ID,
  aBaseline,
  anOverride,
  poolSettings,
} from '@cognito-m2m/claim-schema/testing';
import { StoreError } from '@cognito-m2m/claims-store/errors';
import { type ClaimsTable, startClaimsTable } from '@cognito-m2m/claims-store/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { aContext, aMachineEvent } from '../test/machine-event.ts';
import { createTestClock } from '../test/test-clock.ts';
import { createBrokenLogger, createTestTrigger } from '../test/trigger.ts';

const WALL_MS = 1_800_000_000_000;
const eventOf = (clientId: string, fields: object = {}) =>
  aMachineEvent({ callerContext: { clientId }, ...fields });

let table: ClaimsTable;

beforeAll(async () => {
  table = await startClaimsTable();
  await table.put(
    aBaseline({
      claims: { tier: 'premium', sub: 'x' },
      claimsByScope: { 'orders/read': { approval_limit: 1 } },
      claimsFromMetadata: { tenant_id: { key: 'tenant', allow: ['t-1'], required: true } },
    }),
    anOverride({ revision: 3, claims: { 'custom:role': { value: 'viewer' } } }),
    aBaseline({ clientId: 'plain' }),
    aBaseline({ clientId: 'disabled' }),
    anOverride({ clientId: 'disabled', disabled: true }),
    aBaseline({
      clientId: 'scoped',
      addScopes: ['orders/list', 'refunds/all'],
      suppressScopes: ['orders/read'],
    }),
    poolSettings(),
  );
});

afterAll(() => table.close());

function createTrigger(fields: Partial<Parameters<typeof createTestTrigger>[0]> = {}) {
  return createTestTrigger({ table, clock: createTestClock(WALL_MS), ...fields });
}

describe('the line of an issued token', () => {
  test('the line of an issued token says which claims came from which layer, with its metrics', async () => {
    const { handler, lines } = createTrigger();
    const request = { scopes: ['orders/read'], clientMetadata: { tenant: 't-1' } };

    await handler(eventOf(A_CLIENT_ID, { request }), aContext());

    expect(lines).toEqual([
      {
        level: 'info',
        message: 'token.issued',
        requestId: 'request-1',
        clientId: A_CLIENT_ID,
        userPoolId: A_POOL_ID,
        triggerSource: 'TokenGeneration_ClientCredentials',
        scopes: ['orders/read'],
        revision: 3,
        cache: 'miss',
        isColdStart: true,
        durationMs: 0,
        outcome: 'issued',
        claims: {
          approval_limit: 'scope:orders/read',
          'custom:role': 'override#3',
          environment: 'default',
          tenant_id: 'metadata:tenant',
          tier: 'baseline',
        },
        dropped: [{ name: 'sub', layer: 'baseline', reason: 'reserved' }],
        TokensIssued: 1,
        ClaimsBytes: 99,
        ReservedDropped: 1,
        StoreLatency: 0,
        _aws: {
          Timestamp: WALL_MS,
          CloudWatchMetrics: [
            {
              Namespace: 'CognitoM2mClaims',
              Dimensions: [['service']],
              Metrics: [
                { Name: 'TokensIssued', Unit: 'Count' },
                { Name: 'ClaimsBytes', Unit: 'Bytes' },
                { Name: 'ReservedDropped', Unit: 'Count' },
              ],
            },
            {
              Namespace: 'CognitoM2mClaims',
              Dimensions: [['service']],
              Metrics: [{ Name: 'StoreLatency', Unit: 'Milliseconds' }],
            },
          ],
        },
      },
    ]);
  });

  test('the line of an issued token is short for a warm container that has the answer in memory', async () => {
    const { handler, lines } = createTrigger();

    await handler(eventOf('plain'), aContext());
    await handler(eventOf('plain'), aContext());

    expect(lines[1]).toMatchObject({ cache: 'hit' });
    for (const field of [
      'isColdStart',
      'scopesAdded',
      'scopesSuppressed',
      'dropped',
      'StoreLatency',
      'StoreErrors',
      'cause',
    ]) {
      expect(lines[1]).not.toHaveProperty(field);
    }
  });

  test('the line of an issued token is a warning if a stale answer served, and says why', async () => {
    const clock = createTestClock(WALL_MS);
    const ownTable = await startClaimsTable();
    await ownTable.put(aBaseline());
    const { handler, lines } = createTrigger({ table: ownTable, clock });
    await handler(eventOf(A_CLIENT_ID), aContext());
    clock.pass(60_000);
    await ownTable.close();

    await handler(eventOf(A_CLIENT_ID), aContext());

    expect(lines[1]).toMatchObject({
      level: 'warn',
      message: 'token.issued',
      cache: 'stale',
      cause: { name: 'StoreError' },
      StaleServed: 1,
      StoreErrors: 1,
    });
  });
});

describe('the line of a refused token', () => {
  test('the line of a refused token names code and subject, and counts by reason', async () => {
    const { handler, lines } = createTrigger();

    await expect(handler(eventOf(A_CLIENT_ID), aContext())).rejects.toThrow(
      /^A required metadata key is missing from the request\. \(ERR_METADATA_REQUIRED\)$/,
    );

    expect(lines).toMatchObject([
      {
        level: 'warn',
        message: 'token.denied',
        outcome: 'denied',
        subject: 'tenant',
        reason: 'ERR_METADATA_REQUIRED',
        TokensDenied: 1,
        _aws: {
          CloudWatchMetrics: [
            {
              Dimensions: [['service'], ['service', 'reason']],
              Metrics: [{ Name: 'TokensDenied', Unit: 'Count' }],
            },
            { Dimensions: [['service']], Metrics: [{ Name: 'StoreLatency' }] },
          ],
        },
      },
    ]);
  });

  test('the line of a refused token of a fault of the service is an error that names the cause', async () => {
    const item = { ...encodeRecord(aBaseline({ clientId: 'future' })), itemVersion: { N: '2' } };
    await table.client.send(new PutItemCommand({ TableName: table.tableName, Item: item }));
    const { handler, lines } = createTrigger();

    await expect(handler(eventOf('future'), aContext())).rejects.toThrow(/ERR_RECORD_INVALID/);

    expect(lines).toMatchObject([
      {
        level: 'error',
        reason: 'ERR_RECORD_INVALID',
        faults: [expect.stringContaining('itemVersion: ')],
        cause: { name: 'StoreError', code: 'ERR_STORE_ITEM_INVALID' },
        StoreErrors: 1,
      },
    ]);
  });

  test('the line of a refused token of a table that cannot be read counts a store error', async () => {
    const { handler, lines } = createTrigger({ table: { ...table, tableName: 'missing' } });

    await expect(handler(eventOf('plain'), aContext())).rejects.toThrow(
      /^The claims of this client cannot be read at the moment\. Try again later\. \(ERR_STORE_UNAVAILABLE\)$/,
    );

    expect(lines).toMatchObject([
      { level: 'error', cause: { code: 'ERR_STORE_ACCESS' }, StoreErrors: 1, StoreLatency: 0 },
    ]);
  });

  test('the line of a refused token of a read that was not measured counts a store error without a latency', async () => {
    const issueClaims = () => Promise.reject(new StoreError('ERR_STORE_TIMEOUT', 'Late.'));
    const { handler, lines } = createTrigger({ issueClaims });

    await expect(handler(eventOf('plain'), aContext())).rejects.toThrow(/ERR_/);

    expect(lines).toMatchObject([{ level: 'error', StoreErrors: 1 }]);
    expect(lines[0]).not.toHaveProperty('StoreLatency');
  });

  test('the line of a refused token of a client unknown while the table fails counts a store error too', async () => {
    const clock = createTestClock(WALL_MS);
    const ownTable = await startClaimsTable();
    const { handler, lines } = createTrigger({ table: ownTable, clock });
    await expect(handler(eventOf('nobody'), aContext())).rejects.toThrow(/ERR_CLIENT_UNKNOWN/);
    clock.pass(60_000);
    await ownTable.close();

    await expect(handler(eventOf('nobody'), aContext())).rejects.toThrow(/ERR_CLIENT_UNKNOWN/);

    expect(lines[1]).toMatchObject({
      cache: 'stale',
      cause: { name: 'StoreError' },
      StoreErrors: 1,
    });
  });

  test('the line of a refused token of an event that cannot be read names the field', async () => {
    const { handler, lines } = createTrigger();

    await expect(handler({} as never, aContext())).rejects.toThrow(/ERR_EVENT_INVALID/);

    expect(lines).toMatchObject([{ level: 'error', subject: 'userPoolId' }]);
  });

  test('the line of a refused token of a fault of ours keeps name and stack of the cause, and never its message', async () => {
    const { handler, lines } = createTrigger({
      issueClaims: () => Promise.reject(new TypeError('canary\n    at canary')),
    });

    await expect(handler(eventOf('plain'), aContext())).rejects.toThrow(
      /^The token service failed\. \(ERR_INTERNAL\)$/,
    );

    expect(lines).toMatchObject([
      {
        level: 'error',
        reason: 'ERR_INTERNAL',
        cause: {
          name: 'TypeError',
          stack: expect.arrayContaining([expect.stringMatching(/^at /)]),
        },
      },
    ]);
    expect(JSON.stringify(lines)).not.toContain('canary');
  });

  test.each([['a string'], [undefined], [null]])(
    'the line of a refused token survives a cause that is not an error: %j',
    async (thrown) => {
      const { handler, lines } = createTrigger({ issueClaims: () => Promise.reject(thrown) });

      await expect(handler(eventOf('plain'), aContext())).rejects.toThrow(/ERR_INTERNAL/);

      expect(lines).toHaveLength(1);
    },
  );
});

describe('the answer', () => {
  test('the answer keeps every field of the event and of its response', async () => {
    const { handler } = createTrigger();
    const event = eventOf('plain', { later: 1, response: { kept: true } });

    const answer = await handler(event, aContext());

    expect(answer).toMatchObject({ ...event, response: { kept: true } });
  });

  test('the answer carries the scopes to suppress, and those to add as far as the pool declares them', async () => {
    const { handler, lines } = createTrigger();

    const answer = await handler(eventOf('scoped'), aContext());

    expect(answer).toMatchObject({
      response: {
        claimsAndScopeOverrideDetails: {
          accessTokenGeneration: {
            scopesToAdd: ['orders/list'],
            scopesToSuppress: ['orders/read'],
          },
        },
      },
    });
    expect(lines).toMatchObject([
      {
        scopes: ['orders/read'],
        scopesAdded: ['orders/list'],
        scopesSuppressed: ['orders/read'],
        dropped: [{ name: 'refunds/all', layer: 'addScopes', reason: 'undeclared' }],
      },
    ]);
  });

  test.each([
    ['of a source that nobody knows', { triggerSource: 'TokenGeneration_Later' }],
    ['without a response', { response: undefined }],
    ['with a null response', { response: null }],
    ['of another version', { version: '4' }],
  ])('the answer to an event %s holds the claims', async (_what, fields) => {
    const { handler } = createTrigger();

    await expect(handler(eventOf('plain', fields), aContext())).resolves.toMatchObject({
      response: {
        claimsAndScopeOverrideDetails: {
          accessTokenGeneration: { claimsToAddOrOverride: { tier: 'premium' } },
        },
      },
    });
  });

  test('the answer to the same event twice is the same', async () => {
    const { handler } = createTrigger();

    const first = await handler(eventOf('plain'), aContext());

    expect(JSON.stringify(await handler(eventOf('plain'), aContext()))).toBe(JSON.stringify(first));
  });
});

describe('a refusal', () => {
  test('a refusal says nothing but a sentence and a code', async () => {
    const { handler } = createTrigger();

    const error = await handler(eventOf('disabled'), aContext()).then(
      () => undefined,
      (thrown: unknown) => thrown as Error,
    );

    expect(error?.message).toBe('This client is disabled. (ERR_CLIENT_DISABLED)');
    expect(Object.getOwnPropertyNames(error)).not.toContain('cause');
    expect(Object.keys(error ?? {})).toEqual([]);
    expect(error?.stack).toBe('TokenRefused: This client is disabled. (ERR_CLIENT_DISABLED)');
  });

  test.each([
    ['disabled', 'This client is disabled. (ERR_CLIENT_DISABLED)'],
    ['plain', 'The token service failed. (ERR_INTERNAL)'],
  ])(
    'a refusal is what the caller reads if no line can be written: %s',
    async (clientId, message) => {
      const { handler } = createTrigger({ logger: createBrokenLogger() });

      const refused = handler(eventOf(clientId), aContext());

      await expect(refused).rejects.toMatchObject({ message });
      await expect(refused).rejects.not.toHaveProperty('originalError');
    },
  );

  test('a refusal is never kept: a client that is enabled gets its token at the next read', async () => {
    const clock = createTestClock(WALL_MS);
    const { handler } = createTrigger({ clock });
    await table.put(
      aBaseline({ clientId: 'toggled' }),
      anOverride({ clientId: 'toggled', disabled: true }),
    );
    await expect(handler(eventOf('toggled'), aContext())).rejects.toThrow(/ERR_CLIENT_DISABLED/);

    await table.put(anOverride({ clientId: 'toggled', revision: 2 }));
    clock.pass(30_000);

    await expect(handler(eventOf('toggled'), aContext())).resolves.toBeDefined();
  });
});

describe('an expiring claim', () => {
  test('an expiring claim is gone in its second, from memory and from a stale answer alike', async () => {
    const clock = createTestClock(WALL_MS);
    const { handler } = createTrigger({ clock });
    const expiresAt = WALL_MS / 1000 + 10;
    await table.put(
      aBaseline({ clientId: 'expiring' }),
      anOverride({ clientId: 'expiring', claims: { tier: { value: 'free', expiresAt } } }),
    );
    const tierNow = async () => JSON.stringify(await handler(eventOf('expiring'), aContext()));

    expect(await tierNow()).toContain('"tier":"free"');
    clock.pass(9999);
    expect(await tierNow()).toContain('"tier":"free"');
    clock.pass(1);
    expect(await tierNow()).toContain('"tier":"premium"');
  });
});

describe('the event of a user sign-in', () => {
  test('the event of a user sign-in goes back untouched and leaves no line', async () => {
    const { handler, lines } = createTrigger();
    const event = eventOf('plain', { triggerSource: 'TokenGeneration_RefreshTokens' });

    await expect(handler(event, aContext())).resolves.toBe(event);
    expect(lines).toEqual([]);
  });
});
