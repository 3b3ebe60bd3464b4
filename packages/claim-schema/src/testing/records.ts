import type { BaselineRecord, OverrideRecord, SettingsRecord } from '../record.ts';
import type { TokenIssuer, TokenSelector } from '../token-selector.ts';

/** The pool of all built records. */
export const A_POOL_ID = 'eu-central-1_Test00001';

/** The client of all built records. */
export const A_CLIENT_ID = '1example23456789';

/** Builds the baseline of a client that fits the example contract. */
export function aBaseline(fields: Partial<BaselineRecord> = {}): BaselineRecord {
  return {
    kind: 'baseline',
    userPoolId: A_POOL_ID,
    clientId: A_CLIENT_ID,
    poolName: 'payments',
    clientName: 'billing-worker',
    owner: 'platform',
    defaults: { environment: 'test' },
    claims: { 'custom:organization_id': '12345', 'custom:role': 'admin', tier: 'premium' },
    claimsByScope: {},
    claimsFromMetadata: {},
    suppressClaims: [],
    addScopes: [],
    suppressScopes: [],
    ...fields,
  };
}

/** Builds the issuer of users' tokens. */
export function aTokenIssuer(fields: Partial<TokenIssuer> = {}): TokenIssuer {
  return {
    name: 'staff',
    issuer: 'https://login.example',
    clientIds: ['user-client'],
    audience: [],
    ...fields,
  };
}

/** Builds a selector that takes the subject of a user's token. */
export function aTokenSelector(fields: Partial<TokenSelector> = {}): TokenSelector {
  return {
    key: 'user_token',
    issuer: aTokenIssuer(),
    required: true,
    maxAgeSeconds: 300,
    claims: { on_behalf_of: 'sub' },
    ...fields,
  };
}

/** Builds an override revision; without fields it changes nothing. */
export function anOverride(fields: Partial<OverrideRecord> = {}): OverrideRecord {
  return {
    kind: 'override',
    userPoolId: A_POOL_ID,
    clientId: A_CLIENT_ID,
    revision: 1,
    disabled: false,
    claims: {},
    updatedBy: 'alice',
    reason: 'a test',
    updatedAt: '2026-01-01T00:00:00.000Z',
    ...fields,
  };
}

/** Builds the settings of the pool, with the default policy. */
export function poolSettings(fields: Partial<SettingsRecord> = {}): SettingsRecord {
  return {
    kind: 'settings',
    userPoolId: A_POOL_ID,
    poolName: 'payments',
    unknownClients: 'deny',
    declaredScopes: ['orders/read', 'orders/write', 'orders/list'],
    ...fields,
  };
}
