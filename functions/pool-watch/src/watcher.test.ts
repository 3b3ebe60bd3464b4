import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { A_CLIENT_ID, aBaseline, anOverride } from '@cognito-m2m/claim-schema/testing';
import { type ClaimsTable, startClaimsTable } from '@cognito-m2m/claims-store/testing';
import { createWatchStore } from '@cognito-m2m/doctor/watch-store';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ATTACKS } from '../test/attacks.ts';
import { A_USER_POOL_ID, aChangeEvent } from '../test/events.ts';
import { awsError, createFakeAws } from '../test/fake-aws.ts';
import { createHandler } from './create-handler.ts';
import { AWS_CONFIG } from './edges.ts';
import { chooseClients, createWatcher } from './watcher.ts';

const MINUTE_MS = 60_000;
/** Each event makes several calls of the embedded DynamoDB. The whole storm takes a minute: `M2M_STORM_EVENTS=10000`. */
const STORM_EVENTS = Number(process.env['M2M_STORM_EVENTS'] ?? 1000);
const STORM_TIMEOUT_MS = 400_000;
/** In the clock of the watcher: every look is followed by a pause of 10 seconds. */
const STORM_MS = MINUTE_MS;
/** The client of DynamoDB has 50 connections. */
const AT_ONCE = 40;
let table: ClaimsTable;
beforeEach(async () => {
  table = await startClaimsTable();
});
afterEach(() => table.close());

/** The whole function but for its entry, on a real table and a fake of the rest of AWS. */
function aWorld(
  options: {
    readonly heal?: readonly 'trigger'[];
    readonly hasTopic?: boolean;
    readonly isExisting?: boolean;
    /** An AWS of its own for the user pools. @default the fake */
    readonly cognito?: CognitoIdentityProviderClient;
    /** True to keep the watcher in its pauses until the test moves the clock. @default false: a pause moves the clock itself */
    readonly holdsPauses?: boolean;
  } = {},
) {
  const { heal = [], hasTopic = true, isExisting = false } = options;
  const topicArn = hasTopic ? 'arn:aws:sns:eu-central-1:1:alarms' : undefined;
  const time = { nowMs: Date.UTC(2026, 5, 1, 12) };
  const clock = () => time.nowMs;
  const pauses: { readonly endMs: number; readonly end: () => void }[] = [];
  const aws = createFakeAws(table.client);
  const store = createWatchStore({ client: table.client, tableName: table.tableName, clock });
  const lines: string[] = [];
  const logged: string[] = [];
  const handler = createHandler({
    watcher: createWatcher({
      watched: {
        name: 'test',
        region: 'eu-central-1',
        isDisposable: false,
        trigger: { cacheSeconds: 30, maxStaleSeconds: 900, sizeBudgetBytes: 4096 },
        pools: [
          {
            name: 'payments',
            plan: 'ESSENTIALS',
            domainPrefix: isExisting ? undefined : 'acme-test-payments',
            existing: isExisting ? { userPoolId: A_USER_POOL_ID } : undefined,
            userTrigger: undefined,
            clientRegistration: 'none',
            clients: [],
          },
        ],
        heal,
      },
      triggerVersion: '7',
      topicArn,
      clients: {
        ...aws.clients,
        ...(options.cognito && { cognito: options.cognito }),
      },
      store,
      clock,
      wait: async (milliseconds) => {
        const endMs = time.nowMs + milliseconds;
        if (!options.holdsPauses) time.nowMs = endMs;
        else await new Promise<void>((end) => pauses.push({ endMs, end }));
      },
    }),
    logger: {
      info: (name) => logged.push(String(name)),
      error: (name) => logged.push(String(name)),
    },
    writeLine: (line) => lines.push(line),
    clock,
    service: 'm2m-test-pool-watch',
  });
  return {
    ...aws,
    store,
    time,
    logged,
    run: (event: unknown = {}) => handler(event, {} as never),
    metrics: () => JSON.parse(lines.at(-1) ?? '{}'),
    /** Moves the clock, and ends the pauses that are over by then. */
    advance(milliseconds: number) {
      time.nowMs += milliseconds;
      for (const pause of pauses.splice(0)) {
        if (pause.endMs <= time.nowMs) pause.end();
        else pauses.push(pause);
      }
    },
    isPaused: () => pauses.length > 0,
    detach() {
      aws.pool['LambdaConfig'] = {};
    },
  };
}

describe('a pool that is as declared', () => {
  test('a pool that is as declared has no fact and no message, and every metric is 0', async () => {
    const world = aWorld();

    const result = await world.run();

    expect(result).toEqual({ outcome: 'looked', open: [], problems: [] });
    expect(world.messages).toEqual([]);
    expect(world.metrics()).toMatchObject({
      service: 'm2m-test-pool-watch',
      TriggerDetached: 0,
      UnknownSecret: 0,
      PoolChanged: 0,
      WatchFailed: 0,
    });
  });

  test('a change by a deploy or m2m that matches the declaration is not reported', async () => {
    const world = aWorld();

    await world.run(aChangeEvent());
    await world.run(aChangeEvent({ eventName: 'UpdateUserPoolClient', eventID: 'e2' }));

    expect(world.messages).toEqual([]);
  });
});

describe('a trigger that somebody removes', () => {
  test('a trigger that somebody removes is reported once with its author, and once when it is repaired', async () => {
    const world = aWorld();
    await world.run();
    const { LambdaConfig } = world.pool;
    world.detach();

    await world.run(aChangeEvent({ eventTime: new Date(world.time.nowMs).toISOString() }));
    await world.run();
    await world.run();
    const metrics = world.metrics();
    world.pool['LambdaConfig'] = LambdaConfig;
    await world.run();
    await world.run();

    expect(metrics).toMatchObject({ TriggerDetached: 1 });
    expect(world.metrics()).toMatchObject({ TriggerDetached: 0 });
    expect(world.messages).toHaveLength(2);
    expect(world.messages[0]?.Message).toContain('assumed-role/pipeline/run-42');
    expect(world.messages[1]?.Subject).toContain('Repaired');
  });

  test('a trigger that somebody removes is put back where that is wanted, and everything else of the pool stays as it was', async () => {
    const world = aWorld({ heal: ['trigger'] });
    const before = structuredClone(world.pool);
    world.pool['LambdaConfig'] = {
      PreSignUp: (before['LambdaConfig'] as { PreSignUp: string }).PreSignUp,
    };

    await world.run(aChangeEvent());

    expect(world.pool).toEqual(before);
    expect(world.messages.map(({ Subject }) => Subject)).toEqual([
      '[m2m test] Tokens without claims, or no tokens: pool payments',
      '[m2m test] Repaired: Tokens without claims, or no tokens: pool payments',
    ]);
    expect(world.messages[1]?.Message).toContain('by the watcher');
  });

  test('a trigger that somebody removes is never put back where nobody asked for it', async () => {
    const world = aWorld();
    world.detach();

    await world.run();

    expect(world.count('UpdateUserPool')).toBe(0);
  });

  test('a trigger that somebody removes is put back three times an hour and no more, and the watcher says so', async () => {
    const world = aWorld({ heal: ['trigger'] });
    for (let round = 0; round < 5; round += 1) {
      world.detach();
      world.time.nowMs += MINUTE_MS;
      await world.run();
    }

    expect(world.count('UpdateUserPool')).toBe(3);
    expect(world.metrics()).toMatchObject({ TriggerDetached: 1, WatchFailed: 1 });

    world.time.nowMs += 60 * MINUTE_MS;
    await world.run();

    expect(world.count('UpdateUserPool')).toBe(4);
  });
});

describe('AWS that fails', () => {
  test('AWS that hangs ends a look in bounded time, opens no fact and repairs none', async () => {
    const held: ServerResponse[] = [];
    const server = createServer((_request, response) => held.push(response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const limits = { requestTimeout: 100, connectionTimeout: 100, socketTimeout: 100 };
    const cognito = new CognitoIdentityProviderClient({
      ...AWS_CONFIG,
      requestHandler: { ...AWS_CONFIG.requestHandler, ...limits },
      region: 'eu-central-1',
      endpoint: `http://127.0.0.1:${port}`,
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
    const world = aWorld({ cognito, heal: ['trigger'] });

    const result = await world.run();

    for (const response of held) response.destroy();
    await new Promise((resolve) => server.close(resolve));
    expect(result).toMatchObject({ outcome: 'looked', problems: ['TimeoutError'] });
    expect(world.metrics()).toMatchObject({ WatchFailed: 1 });
    expect(world.metrics()).not.toHaveProperty('TriggerDetached');
    expect(held).toHaveLength(AWS_CONFIG.maxAttempts);
    expect(world.messages).toEqual([]);
  });

  test.each(['DescribeUserPool', 'GetAlias', 'GetPolicy', 'DescribeTable', 'ListUserPoolClients'])(
    'a throttled %s is counted, opens no fact and repairs none',
    async (operation) => {
      const world = aWorld();
      world.detach();
      await world.run();
      const answer = world.answers[operation] ?? {};
      world.answers[operation] = awsError('TooManyRequestsException');

      await world.run();
      const failed = world.metrics();
      world.answers[operation] = answer;
      await world.run();

      expect(failed).toMatchObject({ WatchFailed: 1 });
      expect(failed).not.toHaveProperty('TriggerDetached');
      expect(world.metrics()).toMatchObject({ WatchFailed: 0, TriggerDetached: 1 });
      expect(world.messages).toHaveLength(1);
    },
  );

  test('a refused read is counted, and other findings are reported', async () => {
    const world = aWorld();
    world.detach();
    world.answers['SimulatePrincipalPolicy'] = awsError('AccessDeniedException');

    await world.run();

    expect(world.metrics()).toMatchObject({ WatchFailed: 1, TriggerDetached: 1 });
    expect(world.messages).toHaveLength(1);
  });

  test.each([1, 2, 3])('a message that fails %i times is sent later, once', async (failures) => {
    const world = aWorld();
    const publish = world.answers['Publish'] ?? {};
    world.detach();
    world.answers['Publish'] = awsError('ThrottledException');
    for (let count = 0; count < failures; count += 1) await world.run();
    world.answers['Publish'] = publish;
    await world.run();
    await world.run();

    expect(world.messages).toHaveLength(1);
  });

  test('a heal that is refused is counted, and the trigger stays a fact', async () => {
    const world = aWorld({ heal: ['trigger'] });
    world.detach();
    world.answers['UpdateUserPool'] = awsError('AccessDeniedException');

    await world.run();

    expect(world.metrics()).toMatchObject({ WatchFailed: 1, TriggerDetached: 1 });
  });
});

describe('a declared pool whose parameters are not there', () => {
  test.each([
    ['missing', { Parameters: [] }],
    ['refused, because its stack is not deployed', awsError('AccessDeniedException')],
  ])(
    'a declared pool whose parameters are not there is not missed before its first deploy: %s',
    async (_case, answer) => {
      const world = aWorld();
      world.answers['GetParameters'] = answer;

      await world.run();
      world.time.nowMs += 5 * MINUTE_MS;
      await world.run();

      expect(world.messages).toEqual([]);
      expect(world.metrics()).toMatchObject({ PoolChanged: 0, WatchFailed: 0 });
    },
  );

  test('a declared pool whose parameters are not there is reported when it was deployed before', async () => {
    const world = aWorld();
    await world.run();
    world.answers['GetParameters'] = { Parameters: [] };

    await world.run();
    world.time.nowMs += 5 * MINUTE_MS;
    await world.run();

    expect(world.messages).toHaveLength(1);
    expect(world.metrics()).toMatchObject({ PoolChanged: 1 });
  });
});

test('facts without a topic are counted, and nothing is sent', async () => {
  const world = aWorld({ hasTopic: false });
  world.detach();

  await world.run();

  expect(world.metrics()).toMatchObject({ TriggerDetached: 1 });
  expect(world.count('Publish')).toBe(0);
});

test.each([1, 2, 3])(
  '%i second secrets that no rotation added are reported, each once',
  async (count) => {
    const world = aWorld();
    const ids = Array.from({ length: count }, (_, index) => `client-${index}`);
    world.answers['ListUserPoolClients'] = {
      UserPoolClients: ids.map((ClientId) => ({ ClientId, ClientName: ClientId })),
    };
    world.answers['ListUserPoolClientSecrets'] = {
      ClientSecrets: [
        { ClientSecretId: 'a', ClientSecretCreateDate: new Date(0) },
        { ClientSecretId: 'b', ClientSecretCreateDate: new Date(1000) },
      ],
    };

    await world.run();
    await world.run();

    expect(world.metrics()).toMatchObject({ UnknownSecret: count });
    expect(
      world.messages.filter(({ Subject }) => /Unknown client secret/.test(Subject)),
    ).toHaveLength(count);
  },
);

describe('a storm of events', () => {
  test(
    `a storm of ${STORM_EVENTS} events in a minute, with duplicates, disorder, late and unknown ones, is a few looks and one message`,
    async () => {
      const world = aWorld({ holdsPauses: true });
      await world.run();
      world.detach();
      const describesBefore = world.count('DescribeUserPool');
      const started = world.time.nowMs;
      const events = Array.from({ length: STORM_EVENTS }, (_, index) => {
        const id = index % 4000;
        const eventTime = new Date(started - (id % 7) * 1_800_000).toISOString();
        const kinds = [
          aChangeEvent({ eventID: `e${id}`, eventTime }),
          aChangeEvent({ eventID: `o${index}`, eventTime, requestParameters: { userPoolId: 'x' } }),
          { detail: { eventName: index } },
          null,
        ];
        return kinds[index % kinds.length];
      });

      const looks = new Set<Promise<unknown>>();
      const run = (event: unknown) => {
        const look = world.run(event).finally(() => looks.delete(look));
        looks.add(look);
      };
      const settle = async (most: number) => {
        while (looks.size > most && !(looks.size === 1 && world.isPaused())) await setImmediate();
      };
      for (const event of events) {
        world.advance(STORM_MS / STORM_EVENTS);
        run(event);
        await settle(AT_ONCE);
      }
      while (looks.size > 0) {
        await settle(0);
        world.advance(MINUTE_MS / 2);
      }
      run({});
      await settle(0);

      const changes = await world.store.readChanges();
      expect(changes).toHaveLength(new Set(changes.map(({ id }) => id)).size);
      expect(changes).toHaveLength(Math.min(STORM_EVENTS, 4000) / 4 + STORM_EVENTS / 4);
      expect(world.messages).toHaveLength(1);
      expect(world.count('DescribeUserPool') - describesBefore).toBeLessThan(20);
      expect(world.metrics()).toMatchObject({ TriggerDetached: 1, WatchFailed: 0 });
    },
    STORM_TIMEOUT_MS,
  );
});

describe('the clients whose secrets are listed in a look', () => {
  const ids = Array.from({ length: 45 }, (_, index) => `c${index}`);

  test('the clients whose secrets are listed in a look are all of a small pool', () => {
    expect(chooseClients(ids.slice(0, 20), undefined, 0).size).toBe(20);
  });

  test('the clients whose secrets are listed in a look are every client of a large pool after as many minutes as it needs looks', () => {
    const looks = [0, 1, 2].map((minute) => chooseClients(ids, undefined, minute * MINUTE_MS));

    expect(new Set(looks.flatMap((look) => [...look])).size).toBe(45);
    for (const look of looks) expect(look.size).toBeLessThanOrEqual(20);
  });

  test.each(ids.slice(0, 3))(
    'the clients whose secrets are listed in a look always hold the client of a change: %s',
    (id) => {
      for (const minute of [0, 1, 2]) {
        expect(chooseClients(ids, id, minute * MINUTE_MS)).toContain(id);
      }
    },
  );

  test('the clients whose secrets are listed in a look hold no client that the pool does not have', () => {
    expect(chooseClients([], A_USER_POOL_ID, 0).size).toBe(0);
  });
});

describe('the pool of another owner', () => {
  const theirChanges: readonly [string, Record<string, unknown>][] = [
    ['opens sign-up', { AdminCreateUserConfig: { AllowAdminCreateUserOnly: false } }],
    ['turns deletion protection off', { DeletionProtection: 'INACTIVE' }],
    ['changes the plan to PLUS', { UserPoolTier: 'PLUS' }],
    ['requires MFA', { MfaConfiguration: 'ON' }],
  ];

  test.each(theirChanges)(
    'a pool of another owner that %s is not a finding',
    async (_what, changes) => {
      const world = aWorld({ isExisting: true });
      await world.run();
      Object.assign(world.pool, changes);

      await world.run(aChangeEvent());
      world.time.nowMs += 5 * MINUTE_MS;
      await world.run();

      expect(world.messages).toEqual([]);
      expect(world.metrics()).toMatchObject({ PoolChanged: 0, TriggerDetached: 0, WatchFailed: 0 });
    },
  );

  test.each(theirChanges.slice(0, 3))(
    'a pool of ours that %s is a finding',
    async (_what, changes) => {
      const world = aWorld();
      await world.run();
      Object.assign(world.pool, changes);

      await world.run(aChangeEvent());
      world.time.nowMs += 5 * MINUTE_MS;
      await world.run();

      expect(world.metrics()).toMatchObject({ PoolChanged: 1 });
    },
  );

  test.each([1, 3])(
    '%i app clients of the owner with two secrets each are not a finding',
    async (count) => {
      const world = aWorld({ isExisting: true });
      world.answers['ListUserPoolClients'] = {
        UserPoolClients: Array.from({ length: count }, (_, index) => ({
          ClientId: `c${index}`,
          ClientName: `web-${index}`,
        })),
      };
      world.answers['ListUserPoolClientSecrets'] = {
        ClientSecrets: [
          { ClientSecretId: 'a', ClientSecretCreateDate: new Date(0) },
          { ClientSecretId: 'b', ClientSecretCreateDate: new Date(1000) },
        ],
      };
      world.answers['ListSecretVersionIds'] = awsError('ResourceNotFoundException');

      await world.run();
      world.time.nowMs += 5 * MINUTE_MS;
      await world.run();

      expect(world.messages).toEqual([]);
      expect(world.metrics()).toMatchObject({ UnknownSecret: 0, PoolChanged: 0 });
    },
  );

  test.each([1, 3])(
    '%i app clients that a deploy added are findings if each has a second secret that no rotation added',
    async (count) => {
      const world = aWorld({ isExisting: true });
      const clients = Array.from({ length: count }, (_, index) => ({
        ClientId: `c${index}`,
        ClientName: `worker-${index}`,
      }));
      const theirs = { ClientId: 'web', ClientName: 'web' };
      world.answers['ListUserPoolClients'] = { UserPoolClients: [...clients, theirs] };
      world.answers['ListUserPoolClientSecrets'] = {
        ClientSecrets: [
          { ClientSecretId: 'a', ClientSecretCreateDate: new Date(0) },
          { ClientSecretId: 'b', ClientSecretCreateDate: new Date(1000) },
        ],
      };
      // Only a client that a deploy added has an entry of ours.
      world.answers['ListSecretVersionIds'] = ({ SecretId }) => {
        if (String(SecretId).includes('/worker-')) return { Versions: [{ VersionId: 'first' }] };
        throw awsError('ResourceNotFoundException');
      };

      await world.run();

      expect(world.metrics()).toMatchObject({ UnknownSecret: count, WatchFailed: 0 });
      expect(world.messages).toHaveLength(count);
    },
  );

  test('a missing trigger is neither reported nor healed before it was attached for the first time', async () => {
    const world = aWorld({ isExisting: true, heal: ['trigger'] });
    world.detach();

    await world.run();
    await world.run();

    expect(world.count('UpdateUserPool')).toBe(0);
    expect(world.messages).toEqual([]);
  });

  test('a trigger that the owner detaches is reported and healed', async () => {
    const world = aWorld({ isExisting: true, heal: ['trigger'] });
    const attachment = { userPoolId: A_USER_POOL_ID, before: {} };
    world.parameters.set('/m2m/test/payments/attachment', JSON.stringify(attachment));
    await world.run();
    const attached = structuredClone(world.pool);
    world.detach();

    await world.run(aChangeEvent());

    expect(world.pool['LambdaConfig']).toMatchObject({
      PreTokenGenerationConfig: (attached['LambdaConfig'] as Record<string, unknown>)[
        'PreTokenGenerationConfig'
      ],
    });
    expect(world.messages).toHaveLength(2);
  });

  test('a plan that does not run the trigger is reported', async () => {
    const world = aWorld({ isExisting: true });
    world.pool['UserPoolTier'] = 'LITE';

    await world.run();

    expect(world.metrics()).toMatchObject({ PoolChanged: 1 });
    expect(world.messages[0]?.Message).toContain("Ask the pool's owner");
  });
});

test.each([
  [
    'opened to everybody for machines',
    { OpenDcrEnabled: true, OpenDcrGrantTypes: ['client_credentials'] },
  ],
  ['turned on without a status', {}],
])('client registration that is %s is reported', async (_how, DcrConfiguration) => {
  const world = aWorld();
  await world.run();
  world.pool['DcrConfiguration'] = DcrConfiguration;

  await world.run(aChangeEvent());

  expect(world.metrics()).toMatchObject({ PoolChanged: 1 });
  expect(world.messages[0]?.Message).toContain("clientRegistration: 'none'");
});

describe('the attacks of docs/watch.md', () => {
  test.each(ATTACKS)('the attack "$what" is reported as $check', async ({ check, run }) => {
    const world = aWorld();
    await world.run();
    await run(world);

    await world.run();
    // What a deploy also causes for a moment is reported if it lasts.
    world.time.nowMs += 3 * MINUTE_MS;
    await world.run();

    const facts = (await world.run()) as { readonly open: readonly { readonly check: string }[] };
    expect(facts.open.map((fact) => fact.check)).toContain(check);
    expect(world.messages.length).toBeGreaterThan(0);
  });

  const secret = (id: string) => ({ ClientSecretId: id, ClientSecretCreateDate: new Date(0) });
  const clientsWith = (world: ReturnType<typeof aWorld>, ...secretIds: readonly string[]) =>
    Object.assign(world.answers, {
      ListUserPoolClients: { UserPoolClients: [{ ClientId: 'c', ClientName: 'c' }] },
      ListUserPoolClientSecrets: { ClientSecrets: secretIds.map(secret) },
    });
  const ofSecrets = ({ messages }: ReturnType<typeof aWorld>) =>
    messages.filter(({ Subject }) => Subject.includes('client secret'));

  test('the only secret replaced with a look in between is reported, and stays in the messages', async () => {
    const world = aWorld();
    clientsWith(world, 'a');
    await world.run();

    clientsWith(world, 'a', 'b');
    await world.run();
    clientsWith(world, 'b');
    await world.run();

    expect(ofSecrets(world)).toHaveLength(2);
  });

  test('the only secret replaced without a look in between is not reported', async () => {
    const world = aWorld();
    clientsWith(world, 'a');
    await world.run();

    clientsWith(world, 'b');
    await world.run();

    expect(ofSecrets(world)).toEqual([]);
  });

  test('a valid override written past m2m is not reported', async () => {
    const world = aWorld();
    Object.assign(world.answers, {
      ListUserPoolClients: { UserPoolClients: [{ ClientId: A_CLIENT_ID, ClientName: 'c' }] },
    });
    await table.put(aBaseline());
    await world.run();

    await table.put(anOverride({ claims: { tier: { value: 'free' } } }));
    await world.run();
    world.time.nowMs += 3 * MINUTE_MS;
    await world.run();

    expect(world.metrics()).toMatchObject({ PoolChanged: 0, TriggerDetached: 0, WatchFailed: 0 });
    expect(world.messages).toEqual([]);
  });
});
