import { expect, test } from '@jest/globals';
import { describeAwsError, isAwsError } from './report-aws-error.ts';

function awsError(name: string, fields: object = {}) {
  const known = { name, $metadata: {}, operation: 'Lambda GetFunction' };
  return Object.assign(new Error('a text of the service'), { ...known, ...fields });
}

test.each([
  ['AccessDeniedException', {}, 'AWS refused Lambda GetFunction', 'aws sts get-caller-identity'],
  ['CredentialsProviderError', {}, 'No AWS credentials', 'aws sso login'],
  ['ExpiredTokenException', {}, 'AWS refused Lambda GetFunction', 'aws sso login'],
  ['Error', { code: 'ECONNREFUSED' }, "can't be reached: ECONNREFUSED", 'AWS_ENDPOINT_URL'],
  ['TimeoutError', {}, "can't be reached: TimeoutError", 'AWS_ENDPOINT_URL'],
  ['SyntaxError', {}, 'What answered Lambda GetFunction is not AWS', 'AWS_ENDPOINT_URL'],
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
  expect(describeAwsError(error).message).not.toContain('a text of the service');
});

test.each([
  ['ResourceNotFoundException', { m2m: 'doctor' }],
  ['InvalidParameterException', undefined],
])('%s is helped by %j', (name, next) => {
  expect(describeAwsError(awsError(name)).next).toEqual(next);
});

test('a bug is no error of AWS', () => {
  expect(isAwsError(new SyntaxError('Unexpected token'))).toBe(false);
});
