import { describe, expect, test } from '@jest/globals';
import { contract } from '../../test/fixtures.ts';
import { decodeItem, encodeRecord } from '../record-item.ts';
import { resolveClaims } from '../resolve-claims.ts';
import { aClientCredentialsEvent } from './client-credentials-event.ts';
import { aBaseline, anOverride, poolSettings } from './records.ts';

describe('the builders', () => {
  test.each([aBaseline(), anOverride(), poolSettings()])(
    'the builders make a $kind record that the table could hold',
    (record) => {
      expect(decodeItem(encodeRecord(record))).toEqual({ isValid: true, record });
    },
  );

  test('the builders make a baseline that the fixture contract gives a token to', () => {
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

  test('the builders make the very event that AWS documents for a machine', () => {
    const event = aClientCredentialsEvent({
      userPoolId: 'us-east-1_EXAMPLE',
      clientId: '1example23456789',
      scopes: ['orders/read', 'orders/write'],
      clientMetadata: { tenant: 't-1' },
    });

    expect(event).toEqual({
      version: '3',
      triggerSource: 'TokenGeneration_ClientCredentials',
      region: 'us-east-1',
      userPoolId: 'us-east-1_EXAMPLE',
      userName: 'ClientCredentials',
      callerContext: { awsSdkVersion: 'aws-sdk-unknown-unknown', clientId: '1example23456789' },
      request: {
        userAttributes: {},
        groupConfiguration: null,
        scopes: ['orders/read', 'orders/write'],
        clientMetadata: { tenant: 't-1' },
      },
      response: { claimsAndScopeOverrideDetails: null },
    });
  });

  test.each([
    ['no key', undefined, false],
    ['null', null, true],
    ['an empty object', {}, true],
  ])('the builders make an event whose metadata is %s', (_, clientMetadata, hasKey) => {
    const fields = clientMetadata === undefined ? {} : { clientMetadata };

    expect('clientMetadata' in aClientCredentialsEvent(fields).request).toBe(hasKey);
  });
});
