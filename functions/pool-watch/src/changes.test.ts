import { expect, test } from '@jest/globals';
import { A_USER_POOL_ID, aChangeEvent } from '../test/events.ts';
import { readChange } from './create-handler.ts';

test('a change says what was called, when, by whom, from where and on which pool', () => {
  expect(readChange(aChangeEvent())).toEqual({
    id: '6f5d1f0a-0000-4000-8000-000000000001',
    at: '2026-06-01T12:00:00.000Z',
    action: 'UpdateUserPool',
    who: 'arn:aws:sts::123456789012:assumed-role/pipeline/run-42',
    from: '203.0.113.7',
    userPoolId: A_USER_POOL_ID,
    clientId: undefined,
  });
});

test.each([
  ['UpdateAlias20150331', 'UpdateAlias'],
  ['UpdateFunctionCode20150331v2', 'UpdateFunctionCode'],
  ['AddPermission20150331v2', 'AddPermission'],
  ['DeleteTable', 'DeleteTable'],
])('the call %s is the action %s', (eventName, action) => {
  expect(readChange(aChangeEvent({ eventName }))?.action).toBe(action);
});

test.each([
  ['of the request', { requestParameters: { clientId: 'c1' } }],
  ['of the answer', { responseElements: { userPoolClient: { clientId: 'c1' } } }],
])('a change of an app client has the id %s', (_case, detail) => {
  expect(readChange(aChangeEvent(detail))?.clientId).toBe('c1');
});

test.each([
  [{ invokedBy: 'cloudformation.amazonaws.com' }, 'cloudformation.amazonaws.com'],
  [{ principalId: 'AIDA' }, 'AIDA'],
  [{}, 'unknown'],
  [undefined, 'unknown'],
])('an identity %j is %s', (userIdentity, who) => {
  expect(readChange(aChangeEvent({ userIdentity }))?.who).toBe(who);
});

test.each<[string, unknown]>([
  ['a call that failed', aChangeEvent({ errorCode: 'AccessDenied' })],
  ['an event without an id', aChangeEvent({ eventID: undefined })],
  ['an event without a valid time', aChangeEvent({ eventTime: 'yesterday' })],
  ['a schedule', { source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} }],
  ['an empty event', {}],
  ['null', null],
  ['undefined', undefined],
  ['a string', 'UpdateUserPool'],
  ['a list', [aChangeEvent()]],
  ['a detail that is a string', { detail: 'UpdateUserPool' }],
])('%s is not a change', (_case, event) => {
  expect(readChange(event)).toBeUndefined();
});

test('a string from another source is truncated', () => {
  const change = readChange(aChangeEvent({ sourceIPAddress: 'x'.repeat(10_000) }));

  expect(change?.from).toHaveLength(512);
});
