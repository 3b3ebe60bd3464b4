import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import {
  aBaseline,
  aClientCredentialsEvent,
  poolSettings,
} from '@cognito-m2m/claim-schema/testing';
import { type ClaimsTable, startClaimsTable } from '@cognito-m2m/claims-store/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RUNTIME_CLIENTS } from '../lambda-runtime/runtime-clients.ts';
import {
  startTriggerProcess,
  type TriggerProcess,
} from '../lambda-runtime/start-trigger-process.ts';
import { emittedMetrics } from '../monitoring/emitted.ts';
import { readWatched, type Watched } from '../monitoring/watched.ts';
import { createOpened } from '../support/opened.ts';
import { tokensAfter } from './tokens-after.ts';
import { aUserEvent, USER_TRIGGER_SOURCES } from './user-event.ts';
import { type Behaviour, startUserFunctions, type UserFunctions } from './user-functions.ts';

const VERSIONS = ['V1_0', 'V2_0', 'V3_0'] as const;
type Version = (typeof VERSIONS)[number];

const POOLS = {
  V1_0: 'eu-central-1_One000001',
  V2_0: 'eu-central-1_Two000002',
  V3_0: 'eu-central-1_Three0003',
};
/** Has no function for its users. */
const PLAIN_POOL = 'eu-central-1_Plain0004';
const arnOf = (version: Version) =>
  `arn:aws:lambda:eu-central-1:111111111111:function:claims-${version.toLowerCase()}:live`;

const SOURCES_AND_VERSIONS = USER_TRIGGER_SOURCES.flatMap((source) =>
  VERSIONS.map((version) => [source, version] as const),
);

/** The environment whose deploy gives the function its variables: three pools with a function for users, one without. */
const ENVIRONMENT = {
  name: 'shared',
  region: 'eu-central-1',
  owner: 'platform',
  state: { type: 'local' as const },
  pools: Object.fromEntries([
    ...VERSIONS.map((eventVersion) => [
      `pool-${eventVersion.slice(1, 2)}`,
      {
        existing: { userPoolId: POOLS[eventVersion] },
        userTrigger: { functionArn: arnOf(eventVersion), eventVersion },
        clients: {},
      },
    ]),
    ['plain', { existing: { userPoolId: PLAIN_POOL }, clients: {} }],
  ]),
};

let table: ClaimsTable;
let watched: Watched;

beforeAll(async () => {
  watched = await readWatched(ENVIRONMENT);
  table = await startClaimsTable(watched.variables['CLAIMS_TABLE_NAME']);
  for (const userPoolId of [...Object.values(POOLS), PLAIN_POOL]) {
    await table.put(
      poolSettings({ userPoolId, unknownClients: 'issue-without-claims' }),
      ...MACHINES.map((clientId) =>
        aBaseline({ userPoolId, clientId, claims: claimsOf(clientId) }),
      ),
    );
  }
});

afterAll(() => table?.close());

const MACHINES = ['billing', 'reports', 'stock'];

function claimsOf(clientId: string) {
  return { 'custom:organization_id': clientId };
}

/** The event of a user as Amazon Cognito sends it to our trigger. */
function userEvent(version: Version | 'none', source: string, userName: Behaviour) {
  return {
    ...aUserEvent({
      userPoolId: version === 'none' ? PLAIN_POOL : POOLS[version],
      triggerSource: source as 'TokenGeneration_HostedAuth',
      userName,
    }),
    request: {
      userAttributes: { sub: 'ann', email: 'ann@example.com', name: 'Änn \u2028 "\\"' },
      groupConfiguration: { groupsToOverride: ['a'], iamRolesToOverride: [], preferredRole: null },
      scopes: ['openid', 'aws.cognito.signin.user.admin'],
      clientMetadata: { device: 'd' },
    },
  };
}

/** The same event as Amazon Cognito sends it to a function that is attached itself. */
function eventForOwnFunction(version: Version, event: ReturnType<typeof userEvent>) {
  const { scopes, ...request } = event.request;
  if (version === 'V1_0') {
    return { ...event, version: '1', request, response: { claimsOverrideDetails: null } };
  }
  return { ...event, version: version === 'V2_0' ? '2' : '3' };
}

describe.each(RUNTIME_CLIENTS)('the built bundle in the runtime client of $name', (client) => {
  const opened = createOpened();
  let functions: UserFunctions;
  let trigger: TriggerProcess;

  beforeAll(async () => {
    functions = await opened.add(startUserFunctions(client), (started) => started.close());
    const variables = {
      ...watched.variables,
      AWS_ENDPOINT_URL_DYNAMODB: table.endpointUrl,
      AWS_ENDPOINT_URL_LAMBDA: functions.url,
    };
    const starting = startTriggerProcess(variables, client);
    trigger = await opened.add(starting, (started) => started.close());
  });

  afterAll(() => opened.close());

  const lastLine = () => JSON.parse(trigger.lines().at(-1) ?? '{}');

  describe.each(SOURCES_AND_VERSIONS)('%s, passed on to a %s function', (source, version) => {
    test.each(['answer', 'large'] as const)(
      'a function that gives an %s: its answer comes back',
      async (behaviour) => {
        const event = userEvent(version, source, behaviour);
        const own = await functions.callDirectly(eventForOwnFunction(version, event));

        const ours = await trigger.call(event);

        expect(functions.invoked.at(-1)).toBe(arnOf(version));
        expect(own.body?.length).toBeGreaterThan(behaviour === 'large' ? 1_000_000 : 500);
        if (version === 'V1_0') {
          const before = { id: { email: 'ann@example.com' }, access: { scope: ['openid'] } };
          expect(tokensAfter('V3_0', ours.answer as never, before)).toEqual(
            tokensAfter('V1_0', own.answer as never, before),
          );
        } else {
          // Not `toBe`: a megabyte of difference helps nobody.
          expect(ours.body === own.body).toBe(true);
        }
        expect(lastLine()).toMatchObject({ message: 'user.answered', triggerSource: source });
      },
    );

    test('a function that throws: Amazon Cognito receives its error', async () => {
      const event = userEvent(version, source, 'throw');
      const own = await functions.callDirectly(eventForOwnFunction(version, event));

      const { error, answer } = await trigger.call(event);

      expect(answer).toBeUndefined();
      expect(error).toMatchObject({
        errorType: 'NotAllowed',
        errorMessage: 'This user may not enter.',
      });
      expect(error).toMatchObject({
        errorType: own.error?.errorType,
        errorMessage: own.error?.errorMessage,
      });
      expect(lastLine()).toMatchObject({ message: 'user.failed', cause: 'NotAllowed' });
    });

    test('a function that returns garbage: the garbage comes back', async () => {
      const event = userEvent(version, source, 'garbage');
      const own = await functions.callDirectly(eventForOwnFunction(version, event));

      const { body } = await trigger.call(event);

      expect(body).toBe(own.body);
    });

    test('a function that hangs is given up in time, and the next machine token has its claims', async () => {
      const { error } = await trigger.call(userEvent(version, source, 'hang'), 0, 300);
      const machine = await trigger.call(machineEvent(POOLS[version], 'billing'));

      expect(error?.errorMessage).toContain('ERR_USER_TRIGGER_TIMEOUT');
      expect(claimsIn(machine.answer)).toMatchObject(claimsOf('billing'));
    });
  });

  test.each(USER_TRIGGER_SOURCES)(
    '%s of a pool without a function comes back as it is',
    async (source) => {
      const event = userEvent('none', source, 'throw');
      const before = functions.invoked.length;

      const { body } = await trigger.call(event);

      expect(body).toBe(JSON.stringify(event));
      expect(functions.invoked).toHaveLength(before);
    },
  );

  test('the trigger waits as long as Amazon Cognito does, and no longer', async () => {
    const { error, elapsedMs } = await trigger.call(
      userEvent('V2_0', 'TokenGeneration_HostedAuth', 'hang'),
    );

    expect(error?.errorMessage).toContain('ERR_USER_TRIGGER_TIMEOUT');
    expect(elapsedMs).toBeGreaterThan(4500);
    // Its 5 s, and a slow machine.
    expect(elapsedMs).toBeLessThan(5500);
  });

  // What only other languages write. Node.js 20, which AWS Lambda no longer runs, cannot keep every number.
  test.each([
    '{"response":{"n":[12345678901234567890,1.0,1e2,-0,0.1]}}',
    '{"__proto__":{"a":1},"constructor":7}',
    '"\\ud800"',
    'null',
    '7',
    '""',
  ])('the payload %s comes back byte for byte', async (payload) => {
    functions.answerOnce(payload);

    const { body } = await trigger.call(userEvent('V2_0', 'TokenGeneration_HostedAuth', 'answer'));

    expect(body).toBe('rawJSON' in JSON ? payload : JSON.stringify(JSON.parse(payload)));
  });

  test.each(['', '<html>', '{"response":'])(
    'the payload %j comes back as it is',
    async (payload) => {
      functions.answerOnce(payload);

      const { answer } = await trigger.call(
        userEvent('V1_0', 'TokenGeneration_HostedAuth', 'answer'),
      );

      expect(answer).toBe(payload);
    },
  );

  test('users get the answers of their functions and machines those of the trigger, in any order', async () => {
    const step = fc.oneof(
      fc.record({
        pool: fc.constantFrom(...VERSIONS, 'none' as const),
        machine: fc.constantFrom(...MACHINES, 'nobody'),
      }),
      fc.record({
        pool: fc.constantFrom(...VERSIONS, 'none' as const),
        source: fc.constantFrom(...USER_TRIGGER_SOURCES),
        behaviour: fc.constantFrom<Behaviour>('answer', 'throw', 'garbage', 'hang'),
      }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 12 }), async (steps) => {
        for (const one of steps) {
          if ('machine' in one) await expectMachine(one.pool, one.machine);
          else await expectUser(one.pool, one.source, one.behaviour);
        }
      }),
      { numRuns: 25 },
    );
  });

  async function expectMachine(pool: Version | 'none', clientId: string) {
    const userPoolId = pool === 'none' ? PLAIN_POOL : POOLS[pool];
    const before = functions.invoked.length;

    const { answer } = await trigger.call(machineEvent(userPoolId, clientId));

    const claims = clientId === 'nobody' ? {} : { environment: 'test', ...claimsOf(clientId) };
    expect(claimsIn(answer)).toEqual(claims);
    expect(functions.invoked).toHaveLength(before);
  }

  async function expectUser(pool: Version | 'none', source: string, behaviour: Behaviour) {
    const event = userEvent(pool, source, behaviour);
    if (pool !== 'none' && behaviour === 'hang') {
      const { error } = await trigger.call(event, 0, 200);
      expect(error?.errorMessage).toContain('ERR_USER_TRIGGER_TIMEOUT');
      return;
    }
    const { body, answer, error } = await trigger.call(event);
    if (pool === 'none') {
      expect(body).toBe(JSON.stringify(event));
      return;
    }
    const own = await functions.callDirectly(eventForOwnFunction(pool, event));
    expect(error?.errorMessage).toBe(own.error?.errorMessage);
    if (pool !== 'V1_0' || behaviour !== 'answer') expect(body).toBe(own.body);
    else expect(answer).toMatchObject({ version: '3', userName: 'answer' });
  }

  test('metrics count what users’ functions come to, and an alarm or the dashboard shows each', async () => {
    const emitted = new Set(trigger.lines().flatMap((line) => emittedMetrics(JSON.parse(line))));
    const ofUsers = [...emitted].filter((metric) => metric.includes(' UserTrigger'));
    const alarms = [...watched.alarms.values()].flat();

    expect(ofUsers).toHaveLength(2);
    for (const metric of ofUsers) expect(watched.dashboard).toContain(metric);
    // Once by its own alarm, once so that the alarm for errors does not count it.
    expect(alarms.filter((metric) => ofUsers.includes(metric))).toHaveLength(2);
  });

  test('the log has the pool, the request and the time of a user’s event, and nothing about the user', () => {
    const lines = trigger.lines().filter((line) => line.includes('"user.'));
    const fields = new Set(lines.flatMap((line) => Object.keys(JSON.parse(line))));

    expect(lines.length).toBeGreaterThan(60);
    expect(trigger.lines().join()).not.toMatch(/ann@example|gold|writers/);
    expect([...fields].sort()).toEqual([
      'UserTriggerErrors',
      'UserTriggerMs',
      '_aws',
      'cause',
      'level',
      'message',
      'requestId',
      'service',
      'timestamp',
      'triggerSource',
      'userPoolId',
    ]);
  });
});

test('machine tokens are issued with no file but the bundle, in pools with a function for users too', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'm2m-only-bundle-'));
  const file = join(folder, 'index.mjs');
  const bundle = import.meta.resolve('@cognito-m2m/pre-token-generation/bundle');
  await copyFile(fileURLToPath(bundle), file);
  const variables = { ...watched.variables, AWS_ENDPOINT_URL_DYNAMODB: table.endpointUrl };
  const trigger = await startTriggerProcess(variables, undefined, pathToFileURL(file).href);

  const machine = await trigger.call(machineEvent(POOLS.V2_0, 'billing'));
  const user = await trigger.call(userEvent('V2_0', 'TokenGeneration_HostedAuth', 'answer'));

  await trigger.close();
  await rm(folder, { recursive: true });
  expect(claimsIn(machine.answer)).toMatchObject(claimsOf('billing'));
  // Where the forwarding is, which only the first event of a user loads.
  expect(user.error?.errorMessage).toContain('user-trigger.mjs');
});

function machineEvent(userPoolId: string, clientId: string) {
  return aClientCredentialsEvent({ userPoolId, clientId });
}

function claimsIn(answer: unknown): unknown {
  const { response } = Object(answer);
  const details = response?.claimsAndScopeOverrideDetails;
  return details?.accessTokenGeneration?.claimsToAddOrOverride ?? {};
}
