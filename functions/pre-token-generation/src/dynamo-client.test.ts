import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { createDynamoClient, createTableClock } from './dynamo-client.ts';

const VARIABLES = { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'key' };

describe('the DynamoDB client', () => {
  test('the DynamoDB client takes credentials from the variables that Lambda sets', async () => {
    const client = createDynamoClient(
      { region: 'eu-central-1' },
      { ...VARIABLES, AWS_SESSION_TOKEN: 'token' },
    );

    await expect(client.config.credentials()).resolves.toMatchObject({
      accessKeyId: 'id',
      secretAccessKey: 'key',
      sessionToken: 'token',
    });
  });

  test('the DynamoDB client does without a session token, and without any credentials until it signs', async () => {
    const client = createDynamoClient({ region: 'eu-central-1' }, {});

    await expect(client.config.credentials()).resolves.toMatchObject({ accessKeyId: '' });
  });

  test('the DynamoDB client goes to the given endpoint, or to that of its Region', async () => {
    const local = createDynamoClient(
      { region: 'eu-central-1', endpointUrl: 'http://127.0.0.1:8000' },
      VARIABLES,
    );
    const regional = createDynamoClient({ region: 'eu-central-1' }, VARIABLES);

    await expect(local.config.endpoint?.()).resolves.toMatchObject({ port: 8000 });
    expect(regional.config.endpoint).toBeUndefined();
    await expect(regional.config.region()).resolves.toBe('eu-central-1');
  });

  test('the DynamoDB client looks for no endpoint but that of its Region', async () => {
    const { config } = createDynamoClient({ region: 'eu-central-1' }, VARIABLES);

    await expect(config.endpointDiscoveryEnabledProvider()).resolves.toBe(false);
    expect(config).toMatchObject({ ignoreConfiguredEndpointUrls: true });
  });

  test('the DynamoDB client makes three attempts', async () => {
    const client = createDynamoClient({ region: 'eu-central-1' }, VARIABLES);

    await expect(client.config.maxAttempts()).resolves.toBe(3);
  });

  test('the DynamoDB client gives up a connection after 300 ms, and an answer or the rest of it after 800 ms', async () => {
    const nobody = { region: 'eu-central-1', endpointUrl: 'http://127.0.0.1:1' };
    const client = createDynamoClient(nobody, VARIABLES);

    // The handler takes its settings with the first request.
    await client.send(new ListTablesCommand()).catch(() => {});

    expect(client.config.requestHandler).toMatchObject({
      config: {
        connectionTimeout: 300,
        requestTimeout: 800,
        socketTimeout: 800,
        throwOnRequestTimeout: true,
      },
    });
  });
});

test.each([
  ['an hour ahead', -3_600_000, -3_600_000],
  ['an hour behind', 3_600_000, 3_600_000],
  ['right, as far as whole seconds tell', -999, 0],
  ['right, after an answer that waited through a freeze', -900_000, 0],
  ['off by more than any freeze', -900_001, -900_001],
])('the clock of the table corrects one that is %s', (_clock, offsetMs, correctionMs) => {
  const config = { systemClockOffset: 0 };
  const clock = createTableClock({ wallMs: () => 5_000_000, steadyMs: () => 7 }, { config });

  config.systemClockOffset = offsetMs;

  expect([clock.wallMs(), clock.steadyMs()]).toEqual([5_000_000 + correctionMs, 7]);
});
