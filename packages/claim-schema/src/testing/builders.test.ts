import { describe, expect, test } from '@jest/globals';
import { contract } from '../contract.ts';
import { decodeItem } from '../decode-record.ts';
import { encodeRecord } from '../encode-record.ts';
import { resolveClaims } from '../resolve-claims.ts';
import { aClientCredentialsEvent } from './client-credentials-event.ts';
import { aBaseline, anOverride, poolSettings } from './records.ts';

describe('the builders', () => {
  test.each([aBaseline(), anOverride(), poolSettings()])(
    'make a $kind record that the table could hold',
    (record) => {
      expect(decodeItem(encodeRecord(record))).toEqual({ isValid: true, record });
    },
  );

  test('make a baseline that the committed contract gives a token to', () => {
    const { request, callerContext } = aClientCredentialsEvent();
    const layers = { baseline: aBaseline() };

    const resolution = resolveClaims(
      layers,
      { clientId: callerContext.clientId, scopes: request.scopes },
      0,
      { contract, sizeBudgetBytes: 4096 },
    );

    expect(resolution).toMatchObject({ outcome: 'issue', claims: { environment: 'test' } });
  });

  test.each([
    ['no key', undefined, false],
    ['null', null, true],
    ['an empty object', {}, true],
  ])('make an event whose metadata is %s', (_, clientMetadata, hasKey) => {
    const fields = clientMetadata === undefined ? {} : { clientMetadata };

    expect('clientMetadata' in aClientCredentialsEvent(fields).request).toBe(hasKey);
  });
});
