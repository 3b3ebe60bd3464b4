import { defineContract } from '@cognito-m2m/claim-schema';
import { describe, expect, test } from '@jest/globals';
import { createGatewayClaimsReader } from './api-gateway-claims.ts';

const contract = defineContract({
  text: { type: 'string', description: 'A string.' },
  amount: { type: 'number', description: 'A number.' },
  isNew: { type: 'boolean', description: 'A flag.' },
  listed: { type: 'string[]', values: ['a', 'b'], description: 'Listed texts.' },
  spaced: { type: 'string[]', values: ['a b', 'c'], description: 'Listed strings with a space.' },
  free: { type: 'string[]', description: 'Any texts.' },
  counts: { type: 'number[]', description: 'Numbers.' },
  flags: { type: 'boolean[]', description: 'Flags.' },
  address: { type: 'object', description: 'An object.' },
  region: { type: 'string', required: true, description: 'In every token.' },
});
type Name = keyof typeof contract & string;

/** Skips the checks of the caller, which have tests of their own. */
const anyCaller = { tokenUse: null, grant: null, clientIds: null } as const;

describe('claims behind an HTTP API', () => {
  test.each<[Name, string, unknown]>([
    ['text', '[not a list]', '[not a list]'],
    ['amount', '5000', 5000],
    ['amount', '1.5e+06', 1_500_000],
    ['amount', '-0.5', -0.5],
    ['amount', '9007199254740991', 9_007_199_254_740_991],
    ['isNew', 'false', false],
    ['listed', '[a b]', ['a', 'b']],
    ['listed', '[]', []],
    ['counts', '[1 2]', [1, 2]],
    ['flags', '[true false]', [true, false]],
  ])('%s written as "%s"', (name, text, value) => {
    expect(readHttp(name, text)).toEqual({ [name]: value });
  });

  test.each<[Name, string, string]>([
    ['amount', '9007199254740992', 'ERR_CLAIM_AMBIGUOUS'],
    ['amount', 'many', 'ERR_TOKEN_CLAIM_INVALID'],
    ['amount', '', 'ERR_TOKEN_CLAIM_INVALID'],
    ['amount', '0x10', 'ERR_TOKEN_CLAIM_INVALID'],
    ['isNew', 'yes', 'ERR_TOKEN_CLAIM_INVALID'],
    ['listed', 'a b', 'ERR_TOKEN_CLAIM_INVALID'],
    ['listed', '[a x]', 'ERR_TOKEN_CLAIM_INVALID'],
    ['counts', '[1 x]', 'ERR_TOKEN_CLAIM_INVALID'],
  ])('%s written as "%s" ends in %s', (name, text, code) => {
    expect(() => readHttp(name, text)).toThrow(expect.objectContaining({ code, claim: name }));
  });

  test('a claim that is required and not there', () => {
    const code = 'ERR_TOKEN_CLAIM_MISSING';

    expect(() => readHttp('region')).toThrow(expect.objectContaining({ code, claim: 'region' }));
  });

  test('a claim that nobody reads is not looked at', () => {
    const read = createGatewayClaimsReader({
      ...anyCaller,
      rendering: 'http',
      reads: ['text'],
      contract,
    });
    const event = httpEvent({ text: 'x', free: '[a b c]', amount: 'junk' });

    expect(read(event).claims).toEqual({ text: 'x' });
  });

  test('claims behind an HTTP API say who calls', () => {
    const read = createGatewayClaimsReader({
      ...anyCaller,
      rendering: 'http',
      reads: [],
      contract,
    });

    expect(read(httpEvent({ scope: 'a b' }))).toEqual({
      claims: {},
      clientId: 'client-1',
      scopes: ['a', 'b'],
    });
  });
});

describe('claims behind a REST API', () => {
  test.each<[Name, string, unknown]>([
    ['amount', '5000', 5000],
    ['isNew', 'true', true],
    ['listed', 'a,b', ['a', 'b']],
    ['listed', '', []],
    ['counts', '1,2', [1, 2]],
  ])('%s written as "%s"', (name, text, value) => {
    expect(readRest(name, text)).toEqual({ [name]: value });
  });

  test.each<[Name, string, string]>([
    ['amount', '9007199254740992', 'ERR_CLAIM_AMBIGUOUS'],
    ['amount', '1,2', 'ERR_TOKEN_CLAIM_INVALID'],
    ['isNew', 'TRUE', 'ERR_TOKEN_CLAIM_INVALID'],
    ['listed', 'a,x', 'ERR_TOKEN_CLAIM_INVALID'],
    ['listed', '[a b]', 'ERR_CLAIM_AMBIGUOUS'],
    ['counts', '1,x', 'ERR_TOKEN_CLAIM_INVALID'],
    ['counts', '1,,2', 'ERR_CLAIM_AMBIGUOUS'],
  ])('%s written as "%s" ends in %s', (name, text, code) => {
    expect(() => readRest(name, text)).toThrow(expect.objectContaining({ code, claim: name }));
  });
});

describe('claims in the payload format 1.0 of an HTTP API', () => {
  const read = createGatewayClaimsReader({
    ...anyCaller,
    rendering: 'http',
    reads: ['text', 'free'],
    plainLists: ['free'],
    contract,
  });
  const claims = { client_id: 'client-1', scope: 'orders/read', text: 'x', free: '[read]' };

  test.each([
    ['flat', { claims, scopes: null }],
    ['flat next to an empty jwt', { claims, jwt: null }],
    ['under jwt, as in format 2.0', { jwt: { claims, scopes: null } }],
  ])(
    'claims in the payload format 1.0 of an HTTP API are read where they are: %s',
    (_, authorizer) => {
      expect(read({ requestContext: { authorizer } })).toEqual({
        claims: { text: 'x', free: ['read'] },
        clientId: 'client-1',
        scopes: ['orders/read'],
      });
    },
  );

  test('claims in the payload format 1.0 of an HTTP API are missing if there is neither', () => {
    expect(() => read({ requestContext: { authorizer: { scopes: null } } })).toThrow(
      expect.objectContaining({ code: 'ERR_TOKEN_MISSING' }),
    );
  });
});

describe('a claim that cannot be read back', () => {
  test.each(['address', 'free', 'spaced'] as const)('%s is refused at once', (name) => {
    const create = () =>
      createGatewayClaimsReader({ ...anyCaller, rendering: 'http', reads: [name], contract });

    expect(create).toThrow(expect.objectContaining({ code: 'ERR_VERIFIER_OPTIONS' }));
  });

  test('a claim that cannot be read back is read where somebody promises that its elements are plain', () => {
    const read = createGatewayClaimsReader({
      ...anyCaller,
      rendering: 'http',
      reads: ['free'],
      plainLists: ['free'],
      contract,
    });

    expect(read(httpEvent({ free: '[a b c]' })).claims.free).toEqual(['a', 'b', 'c']);
  });

  test.each<['http' | 'rest', string]>([
    ['http', '[a  b]'],
    ['http', '[a b,c]'],
    ['http', '[ ]'],
    ['rest', 'a,,b'],
    ['rest', 'a b,c'],
    // The lists of an HTTP API, whose events in payload format 1.0 look like those of a REST API.
    ['rest', '[read]'],
    ['rest', '[read write]'],
    ['rest', '[]'],
    ['rest', 'a,[b]'],
    ['http', '[[a] b]'],
  ])(
    'a claim that cannot be read back ends in ERR_CLAIM_AMBIGUOUS where the promise was not kept: %s %j',
    (rendering, text) => {
      const read = createGatewayClaimsReader({
        ...anyCaller,
        rendering,
        reads: ['free'],
        plainLists: ['free'],
        contract,
      });
      const claims = { client_id: 'client-1', free: text };
      const authorizer = rendering === 'http' ? { jwt: { claims } } : { claims };

      expect(() => read({ requestContext: { authorizer } })).toThrow(
        expect.objectContaining({ code: 'ERR_CLAIM_AMBIGUOUS', claim: 'free' }),
      );
    },
  );

  test('a claim that cannot be read back is refused when the contract does not know it', () => {
    const reads = ['unheard_of'] as never[];

    expect(() =>
      createGatewayClaimsReader({ ...anyCaller, rendering: 'http', reads, contract }),
    ).toThrow(expect.objectContaining({ code: 'ERR_VERIFIER_OPTIONS' }));
  });
});

test.each([
  ['no request context', {}],
  ['no authorizer', { requestContext: {} }],
  ['an authorizer without claims', { requestContext: { authorizer: { jwt: {} } } }],
])('an event with %s is refused', (_, event) => {
  const read = createGatewayClaimsReader({ ...anyCaller, rendering: 'http', reads: [], contract });

  expect(() => read(event)).toThrow(expect.objectContaining({ code: 'ERR_TOKEN_MISSING' }));
});

describe('who calls, behind the authorizers of API Gateway', () => {
  const access = { token_use: 'access', scope: 'orders/read' };

  test.each<[string, Record<string, string>, string]>([
    ['an ID token', { ...access, token_use: 'id' }, 'ERR_TOKEN_USE'],
    ["a user's access token", { ...access, username: 'ann' }, 'ERR_TOKEN_GRANT'],
    ['another client', { ...access, client_id: 'client-2' }, 'ERR_TOKEN_CLIENT'],
  ])('%s is refused with each rendering', (_, claims, code) => {
    const checks = { tokenUse: 'access', grant: 'client_credentials' } as const;
    const options = { ...checks, clientIds: ['client-1'], reads: [], contract };
    const readHttpApi = createGatewayClaimsReader({ ...options, rendering: 'http' });
    const readRestApi = createGatewayClaimsReader({ ...options, rendering: 'rest' });
    const restEvent = {
      requestContext: { authorizer: { claims: { client_id: 'client-1', ...claims } } },
    };

    expect(() => readHttpApi(httpEvent(claims))).toThrow(expect.objectContaining({ code }));
    expect(() => readRestApi(restEvent)).toThrow(expect.objectContaining({ code }));
    expect(readHttpApi(httpEvent(access))).toMatchObject({ clientId: 'client-1' });
  });

  test('somebody without a client id is nobody', () => {
    const read = createGatewayClaimsReader({
      ...anyCaller,
      rendering: 'http',
      reads: [],
      contract,
    });
    const event = { requestContext: { authorizer: { jwt: { claims: {} } } } };

    expect(() => read(event)).toThrow(expect.objectContaining({ code: 'ERR_TOKEN_CLIENT' }));
  });

  test.each([
    ['tokenUse', { ...anyCaller, tokenUse: undefined }],
    ['grant', { ...anyCaller, grant: undefined }],
    ['clientIds', { ...anyCaller, clientIds: undefined }],
    ['rendering', { ...anyCaller, rendering: undefined }],
  ])('the reader is not created without %s', (_, options) => {
    const create = () =>
      createGatewayClaimsReader({ rendering: 'http', reads: [], contract, ...options } as never);

    expect(create).toThrow(expect.objectContaining({ code: 'ERR_VERIFIER_OPTIONS' }));
  });
});

test('claims that another authorizer wrote are not quoted', () => {
  const read = createGatewayClaimsReader({ rendering: 'authorizer', reads: [], contract });
  const lambda = { claims: 'premium-customer', clientId: 'client-1', scopes: '' };

  const reading = () => read({ requestContext: { authorizer: { lambda } } });

  expect(reading).toThrow(expect.objectContaining({ code: 'ERR_TOKEN_MISSING' }));
  expect(reading).not.toThrow(/premium/);
});

function readHttp(name: Name, text?: string): unknown {
  const read = createGatewayClaimsReader({
    ...anyCaller,
    rendering: 'http',
    reads: [name],
    contract,
  });
  return read(httpEvent(text === undefined ? {} : { [name]: text })).claims;
}

function readRest(name: Name, text: string): unknown {
  const read = createGatewayClaimsReader({
    ...anyCaller,
    rendering: 'rest',
    reads: [name],
    contract,
  });
  const claims = { client_id: 'client-1', [name]: text };
  return read({ requestContext: { authorizer: { claims } } }).claims;
}

function httpEvent(claims: Record<string, string>) {
  return {
    requestContext: { authorizer: { jwt: { claims: { client_id: 'client-1', ...claims } } } },
  };
}
