import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isSafeNumber } from './claim-value.ts';
import {
  type DecodeResult,
  decodeItem,
  encodeRecord,
  MAX_REVISION,
  overrideSortKey,
} from './record-item.ts';
import {
  A_CLIENT_ID,
  A_POOL_ID,
  aBaseline,
  anOverride,
  aTokenIssuer,
  aTokenSelector,
  poolSettings,
} from './testing/records.ts';

const FULL_BASELINE = aBaseline({
  claims: { text: 'x', number: 1.5, flag: false, list: ['a'], object: { deep: [null, { a: 1 }] } },
  claimsByScope: { 'orders/write': { approval_limit: 5000 } },
  claimsFromMetadata: { tenant_id: { key: 'tenant', allow: ['t-1'], required: true } },
  suppressClaims: ['tier'],
  addScopes: ['orders/list'],
  suppressScopes: ['orders/drop'],
});

function faultPaths(result: DecodeResult): string[] {
  return result.isValid ? [] : result.faults.map(({ path }) => path);
}

/** An item with some attributes put in or, if `undefined`, left out. */
function itemWith(record: Parameters<typeof encodeRecord>[0], changes: Record<string, unknown>) {
  const entries = Object.entries({ ...encodeRecord(record), ...changes });
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

describe('a record', () => {
  test.each([
    ['baseline', FULL_BASELINE],
    ['baseline that takes claims from a token', aBaseline({ claimsFromToken: aTokenSelector() })],
    [
      'baseline that says all about an issuer',
      aBaseline({
        claimsFromToken: aTokenSelector({
          issuer: aTokenIssuer({ jwksUri: 'https://login.example/keys', tokenUse: 'id' }),
        }),
      }),
    ],
    [
      'override',
      anOverride({ claims: { tier: { value: 'free', expiresAt: 1 }, b: { value: [] } } }),
    ],
    ['settings', poolSettings({ unknownClients: 'issue-without-claims' })],
  ])('a record of kind %s comes back from its item', (_kind, record) => {
    expect(decodeItem(encodeRecord(record))).toEqual({ isValid: true, record });
  });

  test('a record with a claim named __proto__ comes back with that claim as plain data', () => {
    const record = aBaseline({ claims: Object.fromEntries([['__proto__', 'x']]) });

    const result = decodeItem(encodeRecord(record));

    expect(result.isValid && Object.entries((result.record as typeof record).claims)).toEqual([
      ['__proto__', 'x'],
    ]);
  });

  test('a record lies under the key of its kind', () => {
    expect(encodeRecord(aBaseline())).toMatchObject({
      pk: { S: `POOL#${A_POOL_ID}` },
      sk: { S: `CLIENT#${A_CLIENT_ID}#CLAIMS#BASELINE` },
    });
    expect(encodeRecord(anOverride({ revision: 12 }))).toMatchObject({
      sk: { S: `CLIENT#${A_CLIENT_ID}#CLAIMS#0000000012` },
    });
    expect(encodeRecord(poolSettings())).toMatchObject({ sk: { S: 'SETTINGS' } });
  });

  test('a record of the highest revision sorts after every other and before the baseline', () => {
    const highest = overrideSortKey(A_CLIENT_ID, MAX_REVISION);

    expect(highest > overrideSortKey(A_CLIENT_ID, 9)).toBe(true);
    expect(highest < `CLIENT#${A_CLIENT_ID}#CLAIMS#BASELINE`).toBe(true);
  });
});

describe('an item', () => {
  test.each([
    ['a later version', { itemVersion: { N: '2' } }, ['itemVersion']],
    ['no version', { itemVersion: undefined }, ['itemVersion']],
    ['an unknown kind', { kind: { S: 'other' } }, ['kind']],
    ['a string as claims', { claims: { S: 'secret' } }, ['claims']],
    ['a list as defaults', { defaults: { L: [] } }, ['defaults']],
    ['a null claim', { claims: { M: { tier: { NULL: true } } } }, ['claims.tier']],
    ['a mixed list', { claims: { M: { a: { L: [{ S: 'x' }, { N: '1' }] } } } }, ['claims.a']],
    ['a binary claim', { claims: { M: { a: { B: new Uint8Array(1) } } } }, ['claims.a']],
    ['a set', { claims: { M: { a: { SS: ['x'] } } } }, ['claims.a']],
    ['an empty attribute', { claims: { M: { a: {} } } }, ['claims.a']],
    ['a null attribute', { claims: null }, ['claims']],
    ['2^53', { claims: { M: { a: { N: '9007199254740992' } } } }, ['claims.a']],
    ['38 digits', { claims: { M: { a: { N: '1.2345678901234567890123' } } } }, ['claims.a']],
    ['a word as number', { claims: { M: { a: { N: 'ten' } } } }, ['claims.a']],
    ['a fraction too far', { claims: { M: { a: { N: '9007199254740991.4' } } } }, ['claims.a']],
    [
      '17 digits of no double',
      { claims: { M: { a: { N: '0.12345678901234567' } } } },
      ['claims.a'],
    ],
    ['1e-400', { claims: { M: { a: { N: '1e-400' } } } }, ['claims.a']],
    ['an empty number', { claims: { M: { a: { N: '' } } } }, ['claims.a']],
    ['a hexadecimal number', { claims: { M: { a: { N: '0x10' } } } }, ['claims.a']],
    ['1e400', { claims: { M: { a: { N: '1e400' } } } }, ['claims.a']],
    ['scopes of numbers', { addScopes: { L: [{ N: '1' }] } }, ['addScopes']],
    ['claims of a scope as text', { claimsByScope: { M: { s: { S: '' } } } }, ['claimsByScope.s']],
    [
      'a selector as text',
      { claimsFromMetadata: { M: { a: { S: 'x' } } } },
      [
        'claimsFromMetadata.a',
        'claimsFromMetadata.a.key',
        'claimsFromMetadata.a.allow',
        'claimsFromMetadata.a.required',
      ],
    ],
    ['the key of another client', { clientId: { S: 'another' } }, ['sk']],
    ['the key of another pool', { userPoolId: { S: 'another' } }, ['sk']],
    ['two faults', { owner: undefined, poolName: { N: '1' } }, ['poolName', 'owner']],
  ])('an item with %s is not a baseline', (_what, changes, paths) => {
    expect(faultPaths(decodeItem(itemWith(aBaseline(), changes)))).toEqual(paths);
  });

  test.each([
    ['revision 0', { revision: { N: '0' } }, ['revision']],
    ['a revision of eleven digits', { revision: { N: '10000000000' } }, ['revision']],
    ['a revision with a fraction', { revision: { N: '1.5' } }, ['revision', 'revision']],
    ['a negative revision', { revision: { N: '-1' } }, ['revision', 'revision']],
    ['a claim without a value', { claims: { M: { tier: { M: {} } } } }, ['claims.tier']],
    ['a bare claim', { claims: { M: { tier: { S: 'free' } } } }, ['claims.tier']],
    [
      'an expiry that is a string',
      { claims: { M: { tier: { M: { value: { S: 'x' }, expiresAt: { S: '1' } } } } } },
      ['claims.tier.expiresAt'],
    ],
    ['disabled as a string', { disabled: { S: 'true' } }, ['disabled']],
    ['another revision than its key', { revision: { N: '2' } }, ['sk']],
  ])('an item with %s is not an override', (_what, changes, paths) => {
    expect(faultPaths(decodeItem(itemWith(anOverride(), changes)))).toEqual(paths);
  });

  test('an item with an unknown policy is refused', () => {
    const item = itemWith(poolSettings(), { unknownClients: { S: 'allow' } });

    expect(faultPaths(decodeItem(item))).toEqual(['unknownClients']);
  });

  test.each([
    ['9007199254740991', 9007199254740991],
    ['-9007199254740991', -9007199254740991],
    ['+7', 7],
    ['-0.5', -0.5],
    ['0.30000000000000004', 0.30000000000000004],
    ['0.12345678901234566', 0.12345678901234566],
    ['0.0000001', 1e-7],
    ['1e-7', 1e-7],
    ['0012.3400', 12.34],
    ['0.000', 0],
    ['1.5E+2', 150],
    ['100000000000000000000e-19', 10],
    ['0', 0],
  ])('an item may hold the number %s', (text, expected) => {
    const result = decodeItem(itemWith(aBaseline(), { claims: { M: { a: { N: text } } } }));

    expect(result).toMatchObject({ isValid: true, record: { claims: { a: expected } } });
  });

  test('an item comes back with any number that a claim may have', () => {
    const claimNumber = fc.double({ noDefaultInfinity: true, noNaN: true }).filter(isSafeNumber);
    fc.assert(
      fc.property(claimNumber, (number) => {
        const record = aBaseline({ claims: { number } });
        const result = decodeItem(encodeRecord(record));
        return result.isValid && (result.record as typeof record).claims['number'] === number;
      }),
    );
  });

  test('an item nested deeper than DynamoDB stores is refused without an overflow', () => {
    let value: unknown = { S: 'x' };
    for (let level = 0; level < 100_000; level += 1) value = { L: [value] };

    expect(decodeItem({ claims: value }).isValid).toBe(false);
  });

  test('an item without anything in it is refused', () => {
    expect(decodeItem({}).isValid).toBe(false);
  });

  test('an item is refused without a quotation of its values', () => {
    const item = itemWith(aBaseline(), {
      kind: { S: 'canary' },
      clientName: { L: [{ S: 'canary' }] },
      claims: { M: { a: { L: [{ S: 'canary' }, { N: '1' }] }, b: { N: '90071992547409930' } } },
    });

    const text = JSON.stringify(decodeItem(item));

    expect(text).toContain('faults');
    expect(text).not.toMatch(/canary|90071992547409930/);
  });

  const broken = { M: { canary: { L: [{ M: { canary: { BS: [] } } }] } } };
  test.each([
    [aBaseline(), { claims: { M: { accounts: broken } } }, 'claims.accounts[0]'],
    [aBaseline(), { claimsByScope: { M: { a: { M: { b: broken } } } } }, 'claimsByScope.a.b[0]'],
    [anOverride(), { claims: { M: { accounts: { M: { value: broken } } } } }, 'claims.accounts[0]'],
  ])('an item names no member of a claim that is an object: %#', (record, changes, path) => {
    const result = decodeItem(itemWith(record, changes));

    expect(faultPaths(result)).toEqual([path]);
    expect(JSON.stringify(result)).not.toContain('canary');
  });

  test.each([null, undefined, 'text', 7, []])('an item that is %j is refused', (item) => {
    expect(decodeItem(item as never).isValid).toBe(false);
  });
});
