import { describe, expect, test } from '@jest/globals';
import { defineContract } from './contract-definition.ts';
import { claimsSizeBytes, MAX_CHANGES_PER_TOKEN } from './limits.ts';
import type { BaselineRecord } from './record.ts';
import { RESERVED_CLAIM_NAMES } from './reserved-names.ts';
import { needsSettings, resolveClaims } from './resolve-claims.ts';
import { aBaseline, anOverride, poolSettings } from './testing/records.ts';
import { aRequest, denialOf, issuedOf, NOW, someRules } from './testing/requests.ts';

const RESERVED = [...RESERVED_CLAIM_NAMES, 'cognito:groups', 'cognito:', 'dev:stage'];

function resolve(fields: Partial<BaselineRecord>, rules = someRules()) {
  const layers = { baseline: aBaseline(fields), settings: poolSettings() };
  return resolveClaims(layers, aRequest(), NOW, rules);
}

describe('reserved names', () => {
  test.each(RESERVED)('%s is dropped from every layer and reported', (name) => {
    const baseline = aBaseline({
      defaults: { environment: 'test', [name]: 'x' },
      claims: { [name]: 'x' },
      claimsByScope: { 'orders/read': { [name]: 'x' } },
      claimsFromMetadata: { [name]: { key: 'tenant', allow: ['x'], required: true } },
    });
    const override = anOverride({ claims: { [name]: { value: 'x' } } });
    const request = aRequest({ metadata: { tenant: 'x' } });

    const issued = issuedOf(resolveClaims({ baseline, override }, request, NOW, someRules()));

    expect(Object.keys(issued.claims)).toEqual(['environment']);
    expect(issued.provenance).toEqual({ environment: { layer: 'default' } });
    expect(issued.dropped).toEqual(
      ['baseline', 'default', 'metadata', 'override', 'scope'].map((layer) => ({
        name,
        layer,
        reason: 'reserved',
      })),
    );
  });

  test('reserved names dropped by two scopes are reported twice', () => {
    const claimsByScope = { 'orders/read': { sub: 'x' }, 'orders/write': { sub: 'y' } };
    const request = aRequest({ scopes: ['orders/read', 'orders/write'] });
    const layers = { baseline: aBaseline({ claimsByScope }) };

    const issued = issuedOf(resolveClaims(layers, request, NOW, someRules()));

    const dropped = { name: 'sub', layer: 'scope', reason: 'reserved' };
    expect(issued.dropped).toEqual([dropped, dropped]);
  });

  test('near misses of reserved names are ordinary claims', () => {
    const names = ['Sub', 'subject', 'cognito', 'dev', 'scopes', 'audience'];
    const text = { type: 'string', description: 'A string.' } as const;
    const contract = Object.fromEntries(names.map((name) => [name, text]));
    const claims = Object.fromEntries(names.map((name) => [name, 'x']));

    const issued = issuedOf(resolve({ defaults: {}, claims }, someRules({ contract })));

    expect(issued.claims).toEqual(claims);
  });
});

describe('suppressed claims', () => {
  test('suppressed claims are removed whatever layer set them, and the answer suppresses them', () => {
    const issued = issuedOf(resolve({ suppressClaims: ['tier', 'custom:role', 'tier'] }));

    expect(Object.keys(issued.claims)).toEqual(['custom:organization_id', 'environment']);
    expect(Object.keys(issued.provenance)).toEqual(['custom:organization_id', 'environment']);
    expect(issued.suppress).toEqual(['custom:role', 'tier']);
  });

  test.each([
    ['sub', true],
    ['cognito:groups', true],
    ['aud', true],
    ['dev:stage', false],
    ['tier', false],
  ])('%s is refused: %s', (name, isDropped) => {
    const issued = issuedOf(resolve({ suppressClaims: [name] }));

    expect(issued.suppress).toEqual(isDropped ? [] : [name]);
    expect(issued.dropped).toEqual(
      isDropped ? [{ name, layer: 'suppress', reason: 'reserved' }] : [],
    );
  });

  test('suppressed claims refuse the token if the contract requires the claim', () => {
    expect(denialOf(resolve({ suppressClaims: ['environment'] }))).toEqual({
      outcome: 'deny',
      code: 'ERR_CLAIMS_REQUIRED',
      subject: 'environment',
    });
  });
});

describe('scopes', () => {
  test('scopes are added and suppressed in the order of their names, each once', () => {
    const issued = issuedOf(
      resolve({
        addScopes: ['orders/write', 'orders/list', 'orders/write'],
        suppressScopes: ['orders/read', 'orders/drop', 'orders/read'],
      }),
    );

    expect(issued.scopes).toEqual({
      add: ['orders/list', 'orders/write'],
      suppress: ['orders/drop', 'orders/read'],
    });
  });

  test.each([
    ['orders/write', true],
    ['https://api.example.com/orders/write', true],
    ['openid', false],
    ['aws.cognito.signin.user.admin', false],
    ['orders/read orders/write', false],
    ['orders/', false],
    ['/write', false],
    ['', false],
  ])('%j can be added: %s', (scope, isAdded) => {
    const baseline = aBaseline({ addScopes: [scope] });
    const settings = poolSettings({ declaredScopes: [scope] });

    const issued = issuedOf(resolveClaims({ baseline, settings }, aRequest(), NOW, someRules()));

    expect(issued.scopes.add).toEqual(isAdded ? [scope] : []);
    expect(issued.dropped).toEqual(
      isAdded ? [] : [{ name: scope, layer: 'addScopes', reason: 'scope' }],
    );
  });

  test.each([
    [
      'that the pool does not declare',
      { settings: poolSettings({ declaredScopes: ['orders/x'] }) },
    ],
    ['of a pool without settings', {}],
  ])('%s are not added, nor their claims, and reported', (_what, layers) => {
    const baseline = aBaseline({
      addScopes: ['orders/write'],
      claimsByScope: { 'orders/write': { approval_limit: 1 } },
    });

    const issued = issuedOf(resolveClaims({ baseline, ...layers }, aRequest(), NOW, someRules()));

    expect(issued.scopes.add).toEqual([]);
    expect(issued.claims).not.toHaveProperty('approval_limit');
    expect(issued.dropped).toEqual([
      { name: 'orders/write', layer: 'addScopes', reason: 'undeclared' },
    ]);
  });

  test.each([
    ['no baseline', {}, true],
    ['no baseline and disabled', { override: anOverride({ disabled: true }) }, false],
    ['no scopes to add', { baseline: aBaseline() }, false],
    ['scopes to add', { baseline: aBaseline({ addScopes: ['orders/write'] }) }, true],
  ])('a client with %s needs the settings of its pool: %s', (_what, layers, isNeeded) => {
    expect(needsSettings(layers)).toBe(isNeeded);
  });

  test('scopes that are suppressed are not added', () => {
    const issued = issuedOf(
      resolve({ addScopes: ['orders/write'], suppressScopes: ['orders/write'] }),
    );

    expect(issued.scopes).toEqual({ add: [], suppress: ['orders/write'] });
  });
});

describe('the contract', () => {
  test.each([
    ['an undeclared name', { undeclared: 'x' }, 'undeclared'],
    ['a wrong type', { tier: 1 }, 'tier'],
    ['a value off the list', { tier: 'gold' }, 'tier'],
    ['a name that objects inherit', { constructor: 'x' }, 'constructor'],
  ])('the contract refuses %s', (_what, claims, subject) => {
    expect(denialOf(resolve({ claims }))).toEqual({
      outcome: 'deny',
      code: 'ERR_CLAIMS_OFF_CONTRACT',
      subject,
    });
  });

  test('the contract accepts a claim named __proto__ as plain data', () => {
    const text = { type: 'string', description: 'A string.' } as const;
    const contract = Object.fromEntries([['__proto__', text]]);
    const claims = Object.fromEntries([['__proto__', 'x']]);

    const issued = issuedOf(resolve({ defaults: {}, claims }, someRules({ contract })));

    expect(Object.entries(issued.claims)).toEqual([['__proto__', 'x']]);
    expect(Object.getPrototypeOf(issued.claims)).toBe(Object.prototype);
  });

  test.each([
    ['payments', 'deny'],
    ['logistics', 'issue'],
  ])(
    'a contract that requires a claim in the pool payments, in the pool %s: %s',
    (poolName, outcome) => {
      const { environment, ...others } = someRules().contract;
      const tenant = { type: 'string', description: 'A tenant.', required: ['payments'] } as const;
      const rules = someRules({ contract: { ...others, tenant } });

      const resolution = resolve({ defaults: {}, poolName }, rules);

      expect(environment?.required).toBe(true);
      expect(resolution).toMatchObject({ outcome });
    },
  );

  test('the contract refuses a token without a claim that it requires', () => {
    expect(denialOf(resolve({ defaults: {} }))).toEqual({
      outcome: 'deny',
      code: 'ERR_CLAIMS_REQUIRED',
      subject: 'environment',
    });
  });
});

describe('the size budget', () => {
  const claims = { environment: 'tést' };
  const sizeBytes = claimsSizeBytes(claims);

  test.each([
    ['one byte below it', 1, true],
    ['at it', 0, true],
    ['one byte above it', -1, false],
  ])('the size budget holds for claims %s', (_where, spareBytes, isIssued) => {
    const rules = someRules({ sizeBudgetBytes: sizeBytes + spareBytes });

    const resolution = resolve({ defaults: {}, claims }, rules);

    expect(resolution).toMatchObject(
      isIssued
        ? { outcome: 'issue', sizeBytes }
        : { outcome: 'deny', code: 'ERR_CLAIMS_TOO_LARGE' },
    );
  });

  test('the size budget counts bytes, not characters', () => {
    expect(sizeBytes).toBe('{"environment":"tést"}'.length + 1);
  });
});

describe('the quota of changes', () => {
  test.each([
    [0, 'issue'],
    [1, 'deny'],
  ])(
    'the quota of changes counts claims, suppressed claims and both scope lists: %i beyond it',
    (beyond, outcome) => {
      const contract = defineContract({
        environment: { type: 'string', description: 'A string.' },
      });
      const numbered = (prefix: string, count: number) =>
        Array.from({ length: count }, (_, index) => `${prefix}${index}`);

      const resolution = resolve(
        {
          claims: {},
          suppressClaims: numbered('claim', MAX_CHANGES_PER_TOKEN - 3),
          addScopes: ['orders/write'],
          suppressScopes: numbered('orders/', 1 + beyond),
        },
        someRules({ contract }),
      );

      expect(resolution).toMatchObject(
        outcome === 'deny' ? { code: 'ERR_CLAIMS_TOO_MANY' } : { outcome },
      );
    },
  );
});

describe('an object claim', () => {
  test('an object claim has its members in the order of their names, at every depth', () => {
    const contract = defineContract({ limits: { type: 'object', description: 'Limits.' } });
    const claims = { limits: { z: 1, a: [{ y: null, b: true }] } };

    const issued = issuedOf(resolve({ defaults: {}, claims }, someRules({ contract })));

    expect(JSON.stringify(issued.claims)).toBe('{"limits":{"a":[{"b":true,"y":null}],"z":1}}');
  });
});
