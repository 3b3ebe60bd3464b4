import { type IssuedClaims, resolveClaims } from '@cognito-m2m/claim-schema';
import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { A_CLIENT_ID, aBaseline, anOverride } from '@cognito-m2m/claim-schema/testing';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { createClaimsResolver, type ResolveClaims } from './claims-resolver.ts';

const NOW = 1_800_000_000;
const RULES = { contract, sizeBudgetBytes: 4096 };
const REQUEST = { clientId: A_CLIENT_ID, scopes: ['orders/read'], metadata: { tenant: 't-1' } };

const layers = {
  baseline: aBaseline({
    claimsByScope: { 'orders/write': { approval_limit: 5 } },
    claimsFromMetadata: { tenant_id: { key: 'tenant', allow: ['t-1', 't-2'], required: true } },
  }),
  override: anOverride({
    claims: {
      tier: { value: 'free', expiresAt: NOW + 10 },
      'custom:role': { value: 'viewer', expiresAt: NOW - 10 },
      environment: { value: 'override' },
    },
  }),
};

let resolve: ResolveClaims;
let first: IssuedClaims;

beforeEach(() => {
  resolve = createClaimsResolver(RULES);
  first = resolve(layers, REQUEST, NOW) as IssuedClaims;
});

describe('the resolver', () => {
  test('the resolver answers as resolveClaims does', () => {
    expect(first).toEqual(resolveClaims(layers, REQUEST, NOW, RULES));
  });

  test('the resolver answers the same request with the same object', () => {
    const again = {
      ...REQUEST,
      scopes: [...REQUEST.scopes],
      metadata: { other: 1, tenant: 't-1' },
    };

    expect(resolve(layers, again, NOW)).toBe(first);
  });

  test.each([
    ['the same record, read again', { layers: { ...layers } }],
    ['another client', { request: { ...REQUEST, clientId: 'other' } }],
    ['another scope', { request: { ...REQUEST, scopes: ['orders/write'] } }],
    ['one more scope', { request: { ...REQUEST, scopes: ['orders/read', 'orders/write'] } }],
    ['other metadata', { request: { ...REQUEST, metadata: { tenant: 't-2' } } }],
    ['no metadata', { request: { ...REQUEST, metadata: null } }],
    ['inherited metadata', { request: { ...REQUEST, metadata: Object.create(REQUEST.metadata) } }],
  ])('the resolver resolves %s', (_what, asked) => {
    const { layers: record, request } = { layers, request: REQUEST, ...asked };

    const answer = resolve(record, request, NOW);

    expect(answer).not.toBe(first);
    expect(answer).toEqual(resolveClaims(record, request, NOW, RULES));
  });

  test.each([
    [NOW - 11, false],
    [NOW - 10, true],
    [NOW + 9, true],
    [NOW + 10, false],
  ])('the resolver remembers the token at second %i: %s', (nowSeconds, isRemembered) => {
    const answer = resolve(layers, REQUEST, nowSeconds);

    expect(answer === first).toBe(isRemembered);
    expect(answer).toEqual(resolveClaims(layers, REQUEST, nowSeconds, RULES));
  });

  test('the resolver remembers a token without a baseline, and one without an override', () => {
    const { baseline } = layers;
    const unknown = {
      settings: { kind: 'settings', unknownClients: 'issue-without-claims' } as never,
    };
    const empty = createClaimsResolver({ contract: {}, sizeBudgetBytes: 4096 });

    expect(resolve({ baseline }, REQUEST, NOW)).toMatchObject({ outcome: 'issue' });
    expect(empty(unknown, REQUEST, NOW)).toBe(empty(unknown, REQUEST, NOW));
  });

  test('the resolver remembers no denial', () => {
    const denied = { ...REQUEST, metadata: {} };

    expect(resolve(layers, denied, NOW)).not.toBe(resolve(layers, denied, NOW));
  });

  test('the resolver keeps what it compares with apart from the event, and gives away nothing that can be changed', () => {
    const scopes = ['orders/read', 'orders/write'];
    const request = { ...REQUEST, scopes };
    const answer = resolve(layers, request, NOW) as IssuedClaims;

    scopes.pop();

    expect(resolve(layers, request, NOW)).not.toBe(answer);
    expect(() => Object.assign(answer.claims, { tier: 'premium' })).toThrow(TypeError);
    expect(() => (answer.suppress as string[]).push('tier')).toThrow(TypeError);
  });
});
