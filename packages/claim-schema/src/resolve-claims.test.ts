import { describe, expect, test } from '@jest/globals';
import type { ClaimLayers } from './record.ts';
import type { ClaimRequest } from './resolution.ts';
import { resolveClaims } from './resolve-claims.ts';
import { A_CLIENT_ID, aBaseline, anOverride, poolSettings } from './testing/records.ts';
import { aRequest, denialOf, issuedOf, NOW, someRules } from './testing/requests.ts';

function resolve(layers: ClaimLayers, request: ClaimRequest = aRequest()) {
  return resolveClaims(layers, request, NOW, someRules());
}

describe('the layers of a client', () => {
  test('the layers of a client bring the claims of defaults and baseline with the layer of each', () => {
    const issued = issuedOf(resolve({ baseline: aBaseline() }));

    expect(issued.claims).toEqual({
      'custom:organization_id': '12345',
      'custom:role': 'admin',
      environment: 'test',
      tier: 'premium',
    });
    expect(issued.provenance).toEqual({
      'custom:organization_id': { layer: 'baseline' },
      'custom:role': { layer: 'baseline' },
      environment: { layer: 'default' },
      tier: { layer: 'baseline' },
    });
  });

  test.each([
    ['baseline', {}, 'b'],
    ['override', { override: true }, 'o'],
    ['scope', { override: true, scope: true }, 's'],
    ['metadata', { override: true, scope: true, metadata: true }, 'm'],
  ])('the layers of a client let %s win over every layer below it', (layer, upTo, expected) => {
    const baseline = aBaseline({
      defaults: { environment: 'test', tenant_id: 'd' },
      claims: { tenant_id: 'b' },
      claimsByScope: 'scope' in upTo ? { 'orders/read': { tenant_id: 's' } } : {},
      claimsFromMetadata:
        'metadata' in upTo ? { tenant_id: { key: 'tenant', allow: ['m'], required: true } } : {},
    });
    const override = anOverride({ claims: { tenant_id: { value: 'o' } } });

    const issued = issuedOf(
      resolve(
        { baseline, ...('override' in upTo && { override }) },
        aRequest({ metadata: { tenant: 'm' } }),
      ),
    );

    expect(issued.claims['tenant_id']).toBe(expected);
    expect(issued.provenance['tenant_id']?.layer).toBe(layer);
  });

  test('the layers of a client name revision and expiry of an override claim', () => {
    const override = anOverride({
      revision: 7,
      claims: { tier: { value: 'free', expiresAt: NOW + 60 } },
    });

    const issued = issuedOf(resolve({ baseline: aBaseline(), override }));

    expect(issued.provenance['tier']).toEqual({
      layer: 'override',
      revision: 7,
      expiresAt: NOW + 60,
    });
  });

  test('the layers of a client leave expiry out of the provenance of a lasting override claim', () => {
    const override = anOverride({ claims: { tier: { value: 'free' } } });

    const issued = issuedOf(resolve({ baseline: aBaseline(), override }));

    expect(issued.provenance['tier']).toEqual({ layer: 'override', revision: 1 });
  });

  test.each([
    ['one second before it expires', 1, 'free'],
    ['in the second in which it expires', 0, 'premium'],
    ['one second after it expired', -1, 'premium'],
  ])(
    'the layers of a client show an override claim or the layer below it %s',
    (_when, secondsLeft, expected) => {
      const claims = { tier: { value: 'free', expiresAt: NOW + secondsLeft } };

      const issued = issuedOf(resolve({ baseline: aBaseline(), override: anOverride({ claims }) }));

      expect(issued.claims['tier']).toBe(expected);
    },
  );
});

describe('the claims of a scope', () => {
  const claimsByScope = { 'orders/write': { approval_limit: 5000 } };

  test.each([
    ['granted', {}, ['orders/write'], 5000],
    ['not granted', {}, ['orders/read'], undefined],
    ['granted and suppressed', { suppressScopes: ['orders/write'] }, ['orders/write'], undefined],
    ['added', { addScopes: ['orders/write'] }, [], 5000],
    [
      'added and suppressed',
      { addScopes: ['orders/write'], suppressScopes: ['orders/write'] },
      [],
      undefined,
    ],
  ])('the claims of a scope follow a scope that is %s', (_how, fields, scopes, expected) => {
    const baseline = aBaseline({ claimsByScope, ...fields });

    const layers = { baseline, settings: poolSettings() };
    const issued = issuedOf(resolve(layers, aRequest({ scopes })));

    expect(issued.claims['approval_limit']).toBe(expected);
  });

  test('the claims of a scope come from the scope whose name sorts last if two set the same claim', () => {
    const baseline = aBaseline({
      claimsByScope: {
        'orders/write': { approval_limit: 5000 },
        'orders/read': { approval_limit: 1 },
      },
    });

    const issued = issuedOf(
      resolve({ baseline }, aRequest({ scopes: ['orders/write', 'orders/read'] })),
    );

    expect(issued.claims['approval_limit']).toBe(5000);
    expect(issued.provenance['approval_limit']).toEqual({
      layer: 'scope',
      source: 'orders/write',
    });
  });
});

describe('the claims from metadata', () => {
  const select = (required: boolean) =>
    aBaseline({
      claimsFromMetadata: { tenant_id: { key: 'tenant', allow: ['t-1', 't-2'], required } },
    });

  test.each([['t-1'], ['t-2']])('the claims from metadata take the listed value %s', (tenant) => {
    const issued = issuedOf(
      resolve({ baseline: select(true) }, aRequest({ metadata: { tenant } })),
    );

    expect(issued.claims['tenant_id']).toBe(tenant);
    expect(issued.provenance['tenant_id']).toEqual({ layer: 'metadata', source: 'tenant' });
  });

  test.each([['t-3'], [''], [1], [null], [['t-1']], [{}]])(
    'the claims from metadata refuse the unlisted value %j, required or not',
    (tenant) => {
      const request = aRequest({ metadata: { tenant } });

      for (const required of [true, false]) {
        expect(denialOf(resolve({ baseline: select(required) }, request))).toEqual({
          outcome: 'deny',
          code: 'ERR_METADATA_NOT_ALLOWED',
          subject: 'tenant',
        });
      }
    },
  );

  test.each([
    ['without metadata', undefined],
    ['with null', null],
    ['with an empty object', {}],
    ['with another key', { other: 't-1' }],
    ['with the key set to undefined', { tenant: undefined }],
  ])(
    'the claims from metadata refuse a request %s if the key is required, and leave the claim out if not',
    (_how, metadata) => {
      const request = { ...aRequest(), metadata };

      expect(denialOf(resolve({ baseline: select(true) }, request))).toEqual({
        outcome: 'deny',
        code: 'ERR_METADATA_REQUIRED',
        subject: 'tenant',
      });
      expect(issuedOf(resolve({ baseline: select(false) }, request)).claims).not.toHaveProperty(
        'tenant_id',
      );
    },
  );

  test('the claims from metadata come only from own keys, whatever the key is called', () => {
    const baseline = aBaseline({
      claimsFromMetadata: { tenant_id: { key: 'constructor', allow: ['t-1'], required: true } },
    });

    expect(denialOf(resolve({ baseline }, aRequest({ metadata: {} }))).code).toBe(
      'ERR_METADATA_REQUIRED',
    );
  });

  test('the claims from metadata name the first faulty key by claim name', () => {
    const selector = (key: string) => ({ key, allow: [], required: true });
    const baseline = aBaseline({
      claimsFromMetadata: { tier: selector('second'), tenant_id: selector('first') },
    });

    expect(denialOf(resolve({ baseline })).subject).toBe('first');
  });
});

describe('a client without a baseline', () => {
  const rules = someRules({ contract: {} });

  test.each([
    ['no settings', {}],
    ['the policy "deny"', { settings: poolSettings() }],
    ['only an override', { override: anOverride() }],
  ])('a client without a baseline is refused with %s', (_how, layers) => {
    expect(denialOf(resolveClaims(layers, aRequest(), NOW, rules))).toEqual({
      outcome: 'deny',
      code: 'ERR_CLIENT_UNKNOWN',
    });
  });

  test('a client without a baseline gets a token without claims where the pool says so, override or not', () => {
    const settings = poolSettings({ unknownClients: 'issue-without-claims' });
    const override = anOverride({ claims: { tier: { value: 'free' } } });

    const issued = issuedOf(resolveClaims({ settings, override }, aRequest(), NOW, rules));

    expect(issued).toEqual({
      outcome: 'issue',
      claims: {},
      suppress: [],
      scopes: { add: [], suppress: [] },
      provenance: {},
      dropped: [],
      sizeBytes: 2,
    });
  });

  test('a client without a baseline is refused under that policy too if it is disabled', () => {
    const settings = poolSettings({ unknownClients: 'issue-without-claims' });
    const override = anOverride({ disabled: true });

    expect(denialOf(resolveClaims({ settings, override }, aRequest(), NOW, rules)).code).toBe(
      'ERR_CLIENT_DISABLED',
    );
  });

  test('a client without a baseline keeps its token under that policy though the contract requires a claim and leaves no room', () => {
    const settings = poolSettings({ unknownClients: 'issue-without-claims' });
    const strict = { ...rules, sizeBudgetBytes: 0 };

    expect(issuedOf(resolve({ settings })).claims).toEqual({});
    expect(issuedOf(resolveClaims({ settings }, aRequest(), NOW, strict)).claims).toEqual({});
  });
});

describe('a disabled client', () => {
  test('a disabled client is refused before anything else is looked at', () => {
    const baseline = aBaseline({ claims: { undeclared: 1 } });

    expect(denialOf(resolve({ baseline, override: anOverride({ disabled: true }) }))).toEqual({
      outcome: 'deny',
      code: 'ERR_CLIENT_DISABLED',
    });
  });
});

describe('the client id', () => {
  test('the client id is the only audience', () => {
    const own = aBaseline({ claims: { aud: A_CLIENT_ID } });
    const other = aBaseline({ claims: { aud: 'another' } });

    expect(issuedOf(resolve({ baseline: own })).claims['aud']).toBe(A_CLIENT_ID);
    const issued = issuedOf(resolve({ baseline: other }));
    expect(issued.claims).not.toHaveProperty('aud');
    expect(issued.dropped).toEqual([{ name: 'aud', layer: 'baseline', reason: 'audience' }]);
  });
});
