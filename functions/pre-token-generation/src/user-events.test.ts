import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { aMachineEvent } from '../test/machine-event.ts';
import { createBrokenLogger, createLineKeeper } from '../test/trigger.ts';
import { systemClock } from './clock.ts';
import { createHandler } from './create-handler.ts';
import type { UserTriggerTarget } from './settings.ts';
import { createAnswerUserEvent } from './user-events.ts';
import { createForwardEvent } from './user-trigger/forward-event.ts';

const POOL_ID = 'eu-central-1_AbC123XyZ';
const ARN = 'arn:aws:lambda:eu-central-1:111111111111:function:user-claims:live';
const SOURCES = [
  'TokenGeneration_HostedAuth',
  'TokenGeneration_Authentication',
  'TokenGeneration_NewPasswordChallenge',
  'TokenGeneration_AuthenticateDevice',
  'TokenGeneration_RefreshTokens',
];
const VERSIONS = ['V1_0', 'V2_0', 'V3_0'] as const;

/** What the other function answers, as AWS Lambda passes it on. */
interface Reply {
  readonly body: string;
  readonly error?: string;
  readonly status?: number;
}

let server: Server;
let reply: Reply | 'hang' = { body: 'null' };
let received: { path: string; event: Record<string, unknown> }[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      received.push({
        path: decodeURIComponent(request.url ?? ''),
        event: JSON.parse(Buffer.concat(chunks).toString()),
      });
      if (reply === 'hang') return;
      const { body, error, status = 200 } = reply;
      if (error !== undefined) response.setHeader('X-Amz-Function-Error', error);
      response.writeHead(status).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  received = [];
});

function aUserEvent(triggerSource: string, fields: object = {}) {
  return {
    version: '3',
    triggerSource,
    region: 'eu-central-1',
    userPoolId: POOL_ID,
    userName: 'ada',
    callerContext: { awsSdkVersion: 'x', clientId: 'web' },
    request: {
      userAttributes: { sub: 'a', email: 'ada@example.com' },
      groupConfiguration: { groupsToOverride: ['admins'] },
      scopes: ['openid'],
    },
    response: { claimsAndScopeOverrideDetails: null },
    ...fields,
  };
}

function createTrigger(
  eventVersion: UserTriggerTarget['eventVersion'],
  remainingMs = 5000,
  logger = createLineKeeper().logger,
) {
  const { port } = server.address() as AddressInfo;
  let loads = 0;
  const answerUserEvent = createAnswerUserEvent({
    targets: new Map([[POOL_ID, { functionArn: ARN, eventVersion }]]),
    load: async () => {
      loads += 1;
      return createForwardEvent({
        region: 'eu-central-1',
        endpointUrl: `http://127.0.0.1:${port}`,
        variables: { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' },
      });
    },
    logger,
    clock: systemClock,
  });
  const issueClaims = () => Promise.reject(new Error('not for machines here'));
  const handler = createHandler({ issueClaims, logger, clock: systemClock, answerUserEvent });
  const context = { awsRequestId: 'r', getRemainingTimeInMillis: () => remainingMs } as never;
  return {
    ask: (event: object): Promise<unknown> => handler(event as never, context),
    answer: (event: object) => answerUserEvent(event, context),
    loads: () => loads,
  };
}

const cases = SOURCES.flatMap((source) => VERSIONS.map((version) => [source, version] as const));

describe.each(cases)('%s with a %s function', (source, version) => {
  test('an event is sent in the version that the function was written for', async () => {
    reply = { body: 'null' };

    await createTrigger(version).ask(aUserEvent(source));

    // The last one: a request of the test before may arrive late.
    const { path, event } = received.at(-1) ?? { path: '', event: {} };
    expect(path).toContain(`/functions/${ARN}/invocations`);
    expect(event['version']).toBe(version[1]);
    expect(event['triggerSource']).toBe(source);
    expect('scopes' in Object(event['request'])).toBe(version !== 'V1_0');
    expect(Object.keys(Object(event['response']))).toEqual([
      version === 'V1_0' ? 'claimsOverrideDetails' : 'claimsAndScopeOverrideDetails',
    ]);
  });

  test('an event fails with what the function threw', async () => {
    reply = { body: '{"errorType":"NotAllowed","errorMessage":"no entry"}', error: 'Unhandled' };
    const { logger, lines } = createLineKeeper();
    const { ask } = createTrigger(version, 5000, logger);

    await expect(ask(aUserEvent(source))).rejects.toMatchObject({
      name: 'NotAllowed',
      message: 'no entry',
      stack: 'NotAllowed: no entry',
    });
    expect(lines).toMatchObject([{ message: 'user.failed', UserTriggerErrors: 1 }]);
    expect(JSON.stringify(lines)).not.toContain('ada');
  });

  test('an event hands on what is not an answer', async () => {
    reply = { body: 'garbage' };

    await expect(createTrigger(version).ask(aUserEvent(source))).resolves.toBe('garbage');
  });

  test('an event ends before Amazon Cognito stops waiting', async () => {
    reply = 'hang';

    await expect(createTrigger(version, 400).ask(aUserEvent(source))).rejects.toThrow(
      'ERR_USER_TRIGGER_TIMEOUT',
    );
  });
});

describe('an answer', () => {
  test.each(['V2_0', 'V3_0'] as const)(
    'an answer of a %s function comes back as it is',
    async (version) => {
      const claim = 'x'.repeat(1_000_000);
      const answer = aUserEvent('TokenGeneration_HostedAuth', {
        response: {
          claimsAndScopeOverrideDetails: {
            accessTokenGeneration: { claimsToAddOrOverride: { claim, list: [1, null] } },
          },
        },
      });
      reply = { body: JSON.stringify(answer) };

      await expect(
        createTrigger(version).ask(aUserEvent('TokenGeneration_HostedAuth')),
      ).resolves.toEqual(answer);
    },
  );

  test('an answer of a V1 function becomes the answer with the same effect', async () => {
    const event = aUserEvent('TokenGeneration_HostedAuth');
    const groupOverrideDetails = { groupsToOverride: ['a'], preferredRole: 'r' };
    const claimsOverrideDetails = {
      claimsToAddOrOverride: { tier: 'gold' },
      claimsToSuppress: ['email'],
      groupOverrideDetails,
    };
    reply = { body: JSON.stringify({ ...event, response: { claimsOverrideDetails } }) };

    await expect(createTrigger('V1_0').ask(event)).resolves.toEqual({
      ...event,
      response: {
        claimsAndScopeOverrideDetails: {
          idTokenGeneration: {
            claimsToAddOrOverride: { tier: 'gold' },
            claimsToSuppress: ['email'],
          },
          groupOverrideDetails,
        },
      },
    });
  });

  test.each([{}, { claimsOverrideDetails: null }])(
    'an answer of a V1 function without changes (%j) changes nothing',
    async (response) => {
      const event = aUserEvent('TokenGeneration_HostedAuth');
      reply = { body: JSON.stringify({ ...event, response }) };

      await expect(createTrigger('V1_0').ask(event)).resolves.toEqual(event);
    },
  );

  test.each(['{"response":{"claimsOverrideDetails":7}}', '{"response":null}', '[]', 'null', '7'])(
    'an answer of a V1 function that is none (%s) is handed on',
    async (body) => {
      reply = { body };

      await expect(
        createTrigger('V1_0').ask(aUserEvent('TokenGeneration_HostedAuth')),
      ).resolves.toEqual(JSON.parse(body));
    },
  );
});

test('a function that AWS Lambda refuses to call is a failure that names no detail', async () => {
  reply = { body: '{"Message":"secret detail"}', status: 403 };

  await expect(createTrigger('V2_0').ask(aUserEvent('TokenGeneration_HostedAuth'))).rejects.toThrow(
    /^The function for user tokens cannot be called\. \(ERR_USER_TRIGGER_UNAVAILABLE\)$/,
  );
});

test.each(['{}', 'null', 'oops'])(
  'an error without type and message (%s) is a failure',
  async (body) => {
    reply = { body, error: 'Unhandled' };

    await expect(
      createTrigger('V2_0').ask(aUserEvent('TokenGeneration_HostedAuth')),
    ).rejects.toMatchObject({ name: 'Error', message: 'The function for user tokens failed.' });
  },
);

test('machine tokens and users of other pools never reach the function, and load nothing', async () => {
  const { ask, answer, loads } = createTrigger('V2_0');
  const other = aUserEvent('TokenGeneration_HostedAuth', { userPoolId: 'eu-central-1_Other' });
  const before = received.length;

  expect(answer(aMachineEvent({ userPoolId: POOL_ID }))).toBeUndefined();
  await expect(ask(aMachineEvent({ userPoolId: POOL_ID }))).rejects.toThrow('ERR_INTERNAL');
  expect(await ask(other)).toEqual(other);
  expect([received.length, loads()]).toEqual([before, 0]);
});

test('a user is answered though the line cannot be written, and an event without a request is sent', async () => {
  reply = { body: '"answer"' };
  const { request: _, ...event } = aUserEvent('TokenGeneration_HostedAuth');

  await expect(createTrigger('V1_0', 5000, createBrokenLogger()).ask(event)).resolves.toBe(
    'answer',
  );
});
