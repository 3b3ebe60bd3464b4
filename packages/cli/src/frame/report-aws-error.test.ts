import { expect, test } from '@jest/globals';
import { describeAwsError, isAwsError } from './report-error.ts';

function awsError(name: string, fields: object = {}) {
  const known = { name, $metadata: {}, operation: 'Lambda GetFunction' };
  return Object.assign(new Error('a message of the service'), { ...known, ...fields });
}

test.each([
  ['AccessDeniedException', {}, 'AWS refused Lambda GetFunction', 'aws sts get-caller-identity'],
  ['CredentialsProviderError', {}, 'No AWS credentials', 'aws sso login'],
  ['ExpiredTokenException', {}, 'AWS refused Lambda GetFunction', 'aws sso login'],
  ['Error', { code: 'ECONNREFUSED' }, 'Cannot connect to AWS: ECONNREFUSED', 'AWS_ENDPOINT_URL'],
  ['Error', { code: 'EHOSTUNREACH' }, 'Cannot connect to AWS: EHOSTUNREACH', 'HTTPS_PROXY'],
  ['TimeoutError', {}, 'Cannot connect to AWS: TimeoutError', 'AWS_ENDPOINT_URL'],
  [
    'Error',
    { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
    'not trusted (DEPTH_ZERO',
    'NODE_EXTRA_CA_CERTS',
  ],
  [
    'Error',
    { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' },
    'not trusted (UNABLE',
    'NODE_EXTRA_CA_CERTS',
  ],
  ['Error', { code: 'CERT_HAS_EXPIRED' }, 'has expired (CERT_HAS_EXPIRED)', 'clock'],
  ['Error', { code: 'ERR_TLS_CERT_ALTNAME_INVALID' }, 'for another host', 'check the address'],
  ['Error', { code: 'EPROTO' }, 'does not respond with TLS (EPROTO)', 'http:// or https://'],
  ['SyntaxError', {}, 'did not respond like AWS to Lambda GetFunction', 'AWS_ENDPOINT_URL'],
  ['UnknownOperationException', {}, 'does not know Lambda GetFunction', 'unset AWS_ENDPOINT_URL'],
  ['TooManyRequestsException', {}, 'AWS refused Lambda GetFunction', 'again in a minute'],
  ['ThrottlingException', {}, 'AWS refused Lambda GetFunction', 'again in a minute'],
  ['Failure', { $metadata: { httpStatusCode: 503 } }, 'AWS refused', 'again in a minute'],
])('%s %j says what was not done and what helps', (name, fields, message, next) => {
  const error = awsError(name, fields);

  expect(isAwsError(error)).toBe(true);
  expect(describeAwsError(error)).toEqual({
    message: expect.stringContaining(message),
    next: expect.stringContaining(next),
  });
  expect(describeAwsError(error).message).not.toContain('a message of the service');
});

test.each([
  ['ResourceNotFoundException', { m2m: 'doctor' }],
  ['InvalidParameterException', undefined],
])('%s is helped by %j', (name, next) => {
  expect(describeAwsError(awsError(name)).next).toEqual(next);
});

test.each([
  new SyntaxError('Unexpected token'),
  Object.assign(new Error('disk full'), { code: 'ENOSPC' }),
  Object.assign(new TypeError('a bug'), { code: 'ERR_INVALID_ARG_TYPE' }),
])('%s is not an error of AWS', (error) => {
  expect(isAwsError(error)).toBe(false);
});
