import { describe, expect, test } from '@jest/globals';
import { MeasurementError } from './errors.ts';
import { foundValues, measurementFileName, parseMeasurement } from './measurement.ts';
import { type Exchange, type Observations, readBehaviours } from './questions.ts';
import { redact } from './run-probe.ts';

const NOTHING_SEEN: Observations = {
  exchanges: {},
  unanswered: {},
  describedSecret: { outcome: 'could-not-tell', reason: 'not asked' },
  lastSecretException: { outcome: 'could-not-tell', reason: 'not asked' },
  triggerLimitMs: 5000,
  scopes: ['probe/b', 'probe/c', 'probe/a'],
};

function anExchange(name: string, changes: Partial<Exchange> = {}): Exchange {
  return {
    name,
    via: 'token-endpoint',
    status: 400,
    headers: {},
    body: '{}',
    elapsedMs: 5,
    ...changes,
  };
}

function aToken(payload: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return JSON.stringify({
    access_token: `${part({ alg: 'RS256' })}.${part(payload)}.c2lnbmF0dXJl`,
  });
}

function read(...exchanges: Exchange[]) {
  return readBehaviours({
    ...NOTHING_SEEN,
    exchanges: Object.fromEntries(exchanges.map((exchange) => [exchange.name, exchange])),
  });
}

describe('readBehaviours', () => {
  test('readBehaviours cannot tell anything when no request was sent', () => {
    const outcomes = new Set(Object.values(read()).map(({ outcome }) => outcome));

    expect([...outcomes]).toEqual(['could-not-tell']);
  });

  test.each([429, 503])('readBehaviours cannot tell from status %i', (status) => {
    const { emptyParameters } = read(anExchange('scope-empty', { status }));

    expect(emptyParameters).toMatchObject({ outcome: 'could-not-tell' });
  });

  test.each([
    [
      'metadataWhenAbsent',
      anExchange('plain', { body: aToken({ probe_event: '{"request":{"clientMetadata":[]}}' }) }),
      'clientMetadata []',
    ],
    [
      'reservedClaims',
      anExchange('claim-reserved', { body: aToken({ token_use: 'probe' }) }),
      'token_use probe',
    ],
    [
      'scopeOrder',
      anExchange('scope-order', { body: aToken({ scope: 'probe/a probe/b probe/c' }) }),
      'scope probe/a probe/b probe/c',
    ],
    [
      'customClaimsPosition',
      anExchange('claim', { body: aToken({ sub: 'x', probe_claim: 'x', iss: 'y' }) }),
      'position 2 of 3',
    ],
    ['triggerAttempts', anExchange('hang', { elapsedMs: 40 }), 'answered after 40 ms'],
    [
      'clientTokenAuthException',
      anExchange('api-flow-missing', { body: aToken({}) }),
      'a token was issued',
    ],
    [
      'unknownClientException',
      anExchange('api-unknown-client', { body: '<html>' }),
      'status 400, body <html>',
    ],
    ['issuerFormat', anExchange('plain', { body: aToken({ iss: 'urn:pool' }) }), 'iss urn:pool'],
  ])(
    'readBehaviours shows an answer about %s that fits no known value',
    (behaviour, exchange, shown) => {
      expect(read(exchange)[behaviour]).toEqual({ outcome: 'unknown', shown });
    },
  );

  test.each([
    ['malformedScopes', 'scope-with-space'],
    ['allowsRawBasicCredentials', 'basic-raw'],
    ['repeatedParameters', 'scope-twice'],
    ['reservedClaims', 'claim-reserved'],
  ])(
    'readBehaviours shows an answer about %s that is neither a token nor a refusal',
    (behaviour, name) => {
      const exchange = anExchange(name, { status: 500, body: '<html>' });

      expect(read(exchange)[behaviour]).toEqual({
        outcome: 'unknown',
        shown: 'status 500, body <html>',
      });
    },
  );

  test('readBehaviours cannot tell from an answer about the quota of the API', () => {
    const body = JSON.stringify({ __type: 'TooManyRequestsException' });

    expect(
      read(anExchange('api-wrong-secret', { body }), anExchange('api-refusal', { body })),
    ).toMatchObject({
      triggerRefusedException: { outcome: 'could-not-tell' },
    });
  });

  test('readBehaviours says why a request got no answer', () => {
    const behaviours = readBehaviours({ ...NOTHING_SEEN, unanswered: { hang: 'ECONNRESET' } });

    expect(behaviours['triggerAttempts']).toEqual({
      outcome: 'could-not-tell',
      reason: 'no answer: ECONNRESET',
    });
  });

  test('readBehaviours cannot tell the error code of a refusal whose whole text is the error', () => {
    const body = JSON.stringify({
      error: 'PreTokenGeneration failed with error Probe refusal. (ERR_PROBE). (Service: …)',
    });

    const behaviours = read(anExchange('refusal', { body }));

    expect(behaviours['triggerFailureError']).toMatchObject({ outcome: 'could-not-tell' });
    expect(behaviours['triggerFailureBody']).toEqual({ outcome: 'found', value: 'error' });
  });
});

describe('redact', () => {
  test('redact replaces ids, secrets, account ids and UUIDs in headers, body and payload, and leaves no token', () => {
    const exchange = anExchange('plain', {
      status: 200,
      headers: {
        'x-amzn-requestid': 'b3c1f8a2-0000-4000-8000-0123456789ab',
        arn: 'arn:aws:x:111122223333',
      },
      body: aToken({ client_id: 'client1', jti: 'f3de2c2f-043d-4ba8-8075-9d5e71478e6e' }),
    });

    const redacted = redact(exchange, { client1: '<client id>' });

    expect(redacted).toMatchObject({
      headers: { 'x-amzn-requestid': '<uuid>', arn: 'arn:aws:x:<account id>' },
      body: '{"access_token":"<access token>"}',
      payload: { client_id: '<client id>', jti: '<uuid>' },
    });
  });

  test('redact shows what only looks like a token', () => {
    const { payload } = redact(anExchange('plain', { body: 'eyJhbGci.bm90IEpTT04.c2ln' }), {});

    expect(payload).toBe('not JSON');
  });

  test('redact replaces the longer of two secrets that begin alike', () => {
    const { body } = redact(anExchange('plain', { body: 'abcdef' }), { abc: '<1>', abcdef: '<2>' });

    expect(body).toBe('<2>');
  });
});

describe('a measurement', () => {
  const measurement = {
    version: 1,
    date: '2026-11-28',
    region: 'eu-central-1',
    behaviours: {
      emptyParameters: { outcome: 'found', value: 'absent' },
      triggerAttempts: { outcome: 'unknown', shown: 'answered after 40 ms' },
    },
    exchanges: [],
  };

  test('a measurement gives the values that were found', () => {
    const parsed = parseMeasurement(JSON.stringify(measurement), 'm.json');

    expect(foundValues(parsed)).toEqual({ emptyParameters: 'absent' });
    expect(measurementFileName(parsed)).toBe('2026-11-28-eu-central-1.json');
  });

  test.each([
    ['is not JSON', '{', ['expected JSON']],
    [
      'has another version and no region',
      JSON.stringify({ ...measurement, version: 2, region: '' }),
      ['version', 'region'],
    ],
    [
      'has a reading without a value',
      JSON.stringify({ ...measurement, behaviours: { a: { outcome: 'found' } } }),
      ['behaviours.a'],
    ],
  ])('a measurement is refused with every fault when it %s', (_why, text, faults) => {
    const parse = () => parseMeasurement(text, 'm.json');

    expect(parse).toThrow(MeasurementError);
    for (const fault of faults) expect(parse).toThrow(fault);
  });
});
