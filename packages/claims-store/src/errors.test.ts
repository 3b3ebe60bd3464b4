import { expect, test } from '@jest/globals';
import { StoreError, toStoreError } from './errors.ts';

function named(name: string): Error {
  return Object.assign(new Error('canary'), { name });
}

test.each([
  ['AbortError', 'ERR_STORE_TIMEOUT', true],
  ['TimeoutError', 'ERR_STORE_TIMEOUT', true],
  ['ThrottlingException', 'ERR_STORE_THROTTLED', true],
  ['ProvisionedThroughputExceededException', 'ERR_STORE_THROTTLED', true],
  ['RequestLimitExceeded', 'ERR_STORE_THROTTLED', true],
  ['AccessDeniedException', 'ERR_STORE_ACCESS', false],
  ['ExpiredTokenException', 'ERR_STORE_ACCESS', false],
  ['ResourceNotFoundException', 'ERR_STORE_ACCESS', false],
  ['UnrecognizedClientException', 'ERR_STORE_ACCESS', false],
  ['InternalServerError', 'ERR_STORE_UNAVAILABLE', true],
  ['SyntaxError', 'ERR_STORE_UNAVAILABLE', true],
])('%s is %s', (name, code, retryable) => {
  const cause = named(name);

  expect(toStoreError(cause, 'read a thing')).toMatchObject({ code, retryable, cause });
});

test('a thrown value that is not an error means an unavailable store', () => {
  expect(toStoreError('canary', 'read a thing')).toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' });
});

test('a store error stays what it is', () => {
  const error = new StoreError('ERR_STORE_LOST_RACE', 'Lost.');

  expect(toStoreError(error, 'read a thing')).toBe(error);
  expect('cause' in error).toBe(false);
});

test('the message says what was tried and repeats no text of the cause', () => {
  const { message } = toStoreError(named('SyntaxError'), 'read the claims of a client');

  expect(message).toBe('Could not read the claims of a client: SyntaxError.');
});
