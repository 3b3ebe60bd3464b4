import { A_CLIENT_ID, A_POOL_ID } from '@cognito-m2m/claim-schema/testing';
import { describe, expect, test } from '@jest/globals';
import { aMachineEvent } from '../test/machine-event.ts';
import { isUserEvent, parseTokenRequest } from './event.ts';

describe('the event of a user sign-in', () => {
  test.each([
    'TokenGeneration_HostedAuth',
    'TokenGeneration_Authentication',
    'TokenGeneration_NewPasswordChallenge',
    'TokenGeneration_AuthenticateDevice',
    'TokenGeneration_RefreshTokens',
  ])('the event of a user sign-in is known by the source %s', (triggerSource) => {
    expect(isUserEvent(aMachineEvent({ triggerSource }))).toBe(true);
  });

  test.each([
    ['the client-credentials source', aMachineEvent()],
    ['a source that nobody knows', aMachineEvent({ triggerSource: 'TokenGeneration_Later' })],
    ['no source', { userPoolId: 'x' }],
    ['null', null],
    ['a string', 'TokenGeneration_HostedAuth'],
    ['a list', ['TokenGeneration_HostedAuth']],
  ])('the event of a user sign-in is not %s', (_what, event) => {
    expect(isUserEvent(event)).toBe(false);
  });
});

describe('a token request', () => {
  test('a token request is read out of the event that AWS documents', () => {
    expect(parseTokenRequest(aMachineEvent())).toEqual({
      userPoolId: A_POOL_ID,
      clientId: A_CLIENT_ID,
      triggerSource: 'TokenGeneration_ClientCredentials',
      scopes: ['orders/read'],
      metadata: undefined,
    });
  });

  test.each([
    ['no request', { request: undefined }, [], undefined],
    ['a null request', { request: null }, [], undefined],
    ['null scopes', { request: { scopes: null } }, [], undefined],
    ['no metadata', { request: { scopes: ['a/b'] } }, ['a/b'], undefined],
    ['empty metadata', { request: { clientMetadata: {} } }, [], {}],
    ['metadata', { request: { clientMetadata: { tenant: 't-1' } } }, [], { tenant: 't-1' }],
  ])('a token request may come with %s', (_what, fields, scopes, metadata) => {
    expect(parseTokenRequest(aMachineEvent(fields))).toMatchObject({ scopes, metadata });
  });

  test('a token request of a source that is not a string is of an unknown one', () => {
    expect(parseTokenRequest(aMachineEvent({ triggerSource: 7 })).triggerSource).toBe('unknown');
  });

  test.each([
    ['userPoolId', { userPoolId: '' }],
    ['userPoolId', { userPoolId: undefined }],
    ['callerContext.clientId', { callerContext: null }],
    ['callerContext.clientId', { callerContext: { clientId: 5 } }],
    ['request.scopes', { request: { scopes: 'orders/read' } }],
    ['request.scopes', { request: { scopes: [1] } }],
    ['request.clientMetadata', { request: { clientMetadata: 'tenant=t-1' } }],
    ['request.clientMetadata', { request: { clientMetadata: ['t-1'] } }],
  ])('a token request is refused without a readable %s', (subject, fields) => {
    expect(() => parseTokenRequest(aMachineEvent(fields))).toThrow(
      expect.objectContaining({ code: 'ERR_EVENT_INVALID', details: { subject } }),
    );
  });

  test.each([[null], [undefined], ['event'], [[]]])(
    'a token request is refused if the event is %j',
    (event) => {
      expect(() => parseTokenRequest(event)).toThrow(
        expect.objectContaining({ code: 'ERR_EVENT_INVALID' }),
      );
    },
  );
});
