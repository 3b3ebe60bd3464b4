import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { createDynamoClient, createTableClock } from './dynamo-client.ts';

const VARIABLES = { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'key' };

describe('the DynamoDB client', () => {
  test('takes credentials from the variables that Lambda sets', async () => {
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

  test('does without a session token, and without any credentials until it signs', async () => {
    const client = createDynamoClient({ region: 'eu-central-1' }, {});

    await expect(client.config.credentials()).resolves.toMatchObject({ accessKeyId: '' });
  });

  test('goes to the given endpoint, or to that of its Region', async () => {
    const local = createDynamoClient(
      { region: 'eu-central-1', endpointUrl: 'http://127.0.0.1:8000' },
      VARIABLES,
    );
    const regional = createDynamoClient({ region: 'eu-central-1' }, VARIABLES);

    await expect(local.config.endpoint?.()).resolves.toMatchObject({ port: 8000 });
    expect(regional.config.endpoint).toBeUndefined();
    await expect(regional.config.region()).resolves.toBe('eu-central-1');
  });

  test('looks for no endpoint but that of its Region', async () => {
    const { config } = createDynamoClient({ region: 'eu-central-1' }, VARIABLES);

    await expect(config.endpointDiscoveryEnabledProvider()).resolves.toBe(false);
    expect(config).toMatchObject({ ignoreConfiguredEndpointUrls: true });
  });

  test('makes three attempts', async () => {
    const client = createDynamoClient({ region: 'eu-central-1' }, VARIABLES);

    await expect(client.config.maxAttempts()).resolves.toBe(3);
  });

  test('gives up a connection after 300 ms, and an answer or the rest of it after 800 ms', async () => {
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

test('the clock of the table is that of the machine, set right by the offset as it is known then', () => {
  const config = { systemClockOffset: 0 };
  const clock = createTableClock({ wallMs: () => 5000, steadyMs: () => 7 }, { config });

  const before = clock.wallMs();
  config.systemClockOffset = -3000;

  expect([before, clock.wallMs(), clock.steadyMs()]).toEqual([5000, 2000, 7]);
});
