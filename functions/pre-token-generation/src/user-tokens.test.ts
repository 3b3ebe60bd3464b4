import { globalAgent } from 'node:https';
import { aBaseline, anOverride, aTokenSelector } from '@cognito-m2m/claim-schema/testing';
import { type ClaimsTable, startClaimsTable } from '@cognito-m2m/claims-store/testing';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { aContext, aMachineEvent } from '../test/machine-event.ts';
import { createTestClock } from '../test/test-clock.ts';
import { createTestTokens, createTestTrigger } from '../test/trigger.ts';
import { startUserIssuer, type UserIssuer } from '../test/user-issuer.ts';
import { createUserTokens } from './user-tokens.ts';

let table: ClaimsTable;
let issuer: UserIssuer;

beforeAll(async () => {
  [table, issuer] = await Promise.all([startClaimsTable(), startUserIssuer()]);
  globalAgent.options.ca = issuer.certificate;
  const claimsFromToken = aTokenSelector({
    issuer: {
      name: 'staff',
      issuer: issuer.issuer,
      clientIds: ['user-client'],
      audience: [],
      tokenUse: 'access',
    },
  });
  const optional = { ...claimsFromToken, required: false };
  await table.put(
    aBaseline({ clientId: 'plain' }),
    aBaseline({ clientId: 'required', claimsFromToken }),
    aBaseline({ clientId: 'optional', claimsFromToken: optional }),
    aBaseline({ clientId: 'disabled', claimsFromToken }),
    anOverride({ clientId: 'disabled', disabled: true }),
  );
});

afterEach(async () => {
  issuer.requests.length = 0;
  await issuer.setFault(undefined);
});

afterAll(async () => {
  delete globalAgent.options.ca;
  await Promise.all([issuer.close(), table.close()]);
});

/** Asks a trigger of its own for a token, and says what came of it. */
async function ask(clientId: string, clientMetadata: object | null, isStarted = false) {
  const clock = createTestClock(Date.now());
  const tokens = createTestTokens(clock, isStarted ? [issuer] : []);
  if (isStarted) await tokens.start();
  const { handler, lines } = createTestTrigger({ table, clock, tokens });
  const event = aMachineEvent({
    callerContext: { clientId },
    request: { scopes: ['orders/read'], clientMetadata },
  });
  const text = await handler(event, aContext()).then(
    (answer) => JSON.stringify(answer),
    (error: Error) => error.message,
  );
  return { text, line: lines[0] };
}

describe('a client that requires a user token', () => {
  test('a client that requires a user token gets the verified claim, and a line with its origin and no value', async () => {
    const { text, line } = await ask('required', { user_token: issuer.sign() });

    expect(text).toContain('"on_behalf_of":"user-1"');
    expect(line).toMatchObject({
      level: 'info',
      userToken: { key: 'user_token', issuer: 'staff', outcome: 'verified', ageSeconds: 60 },
      claims: { on_behalf_of: 'token:staff/user_token' },
    });
    expect(JSON.stringify(line)).not.toContain('user-1');
  });

  test('a client that requires a user token gets the claim of each user, not that of the last one', async () => {
    const clock = createTestClock(Date.now());
    const { handler } = createTestTrigger({ table, clock });
    const answerFor = async (sub: string | undefined) => {
      const clientMetadata = sub === undefined ? {} : { user_token: issuer.sign({ sub }) };
      const request = { scopes: ['orders/read'], clientMetadata };
      const event = aMachineEvent({ callerContext: { clientId: 'optional' }, request });
      return JSON.stringify(await handler(event, aContext()));
    };

    expect(await answerFor(undefined)).not.toContain('on_behalf_of');
    expect(await answerFor('ann')).toContain('"on_behalf_of":"ann"');
    expect(await answerFor('bob')).toContain('"on_behalf_of":"bob"');
    expect(await answerFor(undefined)).not.toContain('on_behalf_of');
  });

  test('a client that requires a user token is refused with the code of the check that failed, and the line says so', async () => {
    const token = issuer.sign({ exp: 1 });

    const { text, line } = await ask('required', { user_token: token });

    expect(text).toBe('The user token has expired. (ERR_TOKEN_EXPIRED)');
    expect(line).toMatchObject({
      level: 'warn',
      reason: 'ERR_TOKEN_EXPIRED',
      subject: 'user_token',
      userToken: { outcome: 'refused', code: 'ERR_TOKEN_EXPIRED' },
    });
    expect(JSON.stringify(line)).not.toContain(token.slice(-20));
  });

  test.each([
    ['null', null],
    ['{}', {}],
    ['a token under another key', { token: 'x' }],
  ])(
    'a client that requires a user token is refused without the token: metadata is %s',
    async (_what, metadata) => {
      const { text, line } = await ask('required', metadata);

      expect(text).toContain('(ERR_TOKEN_REQUIRED)');
      expect(line).toMatchObject({ level: 'warn', subject: 'user_token' });
    },
  );

  test('a client that requires a user token is refused if the issuer cannot be read, as a fault of the service', async () => {
    await issuer.setFault({ kind: 'status', status: 404 });

    const { text, line } = await ask('required', { user_token: issuer.sign() });

    expect(text).toContain('(ERR_TOKEN_KEYS_UNAVAILABLE)');
    expect(line).toMatchObject({ level: 'error', userToken: { reason: 'status 404' } });
  });
});

describe('a client that can do without a user token', () => {
  test('a client that can do without a user token gets a token without the claim if it sends none', async () => {
    const { text, line } = await ask('optional', {});

    expect(text).not.toContain('on_behalf_of');
    expect(line).not.toHaveProperty('userToken');
  });

  test('a client that can do without a user token gets a token without the claim if the issuer cannot be read, and the line says why', async () => {
    await issuer.setFault({ kind: 'status', status: 404 });

    const { text, line } = await ask('optional', { user_token: issuer.sign() });

    expect(text).not.toContain('on_behalf_of');
    expect(line).toMatchObject({
      outcome: 'issued',
      dropped: [{ name: 'on_behalf_of', layer: 'token', reason: 'keys-unavailable' }],
      userToken: { code: 'ERR_TOKEN_KEYS_UNAVAILABLE', reason: 'status 404' },
    });
  });

  test('a client that can do without a user token is refused for a token that is not valid', async () => {
    const { text } = await ask('optional', { user_token: 'user-1' });

    expect(text).toContain('(ERR_TOKEN_MALFORMED)');
  });
});

describe('the keys of an issuer', () => {
  test.each(['plain', 'disabled'])(
    'the keys of an issuer are not read for a client that is %s',
    async (clientId) => {
      await ask(clientId, { user_token: issuer.sign() });

      expect(issuer.requests).toEqual([]);
    },
  );

  test('the keys of an issuer are read at start if the environment declares the issuer', async () => {
    const { text } = await ask('required', { user_token: issuer.sign() }, true);

    expect(text).toContain('"on_behalf_of":"user-1"');
    expect(issuer.requests).toHaveLength(2);
  });
});

test('a verifier that cannot be loaded lets the trigger start, and refuses the token', async () => {
  const clock = createTestClock(Date.now());
  const load = async () => {
    throw new Error('no such file');
  };
  const tokens = createUserTokens(load);
  await tokens.start();
  const { handler } = createTestTrigger({ table, clock, tokens });
  const request = { scopes: [], clientMetadata: { user_token: issuer.sign() } };
  const event = aMachineEvent({ callerContext: { clientId: 'required' }, request });

  await expect(handler(event, aContext())).rejects.toThrow('(ERR_INTERNAL)');
});
