import { StoreError } from '@cognito-m2m/claims-store/errors';
import { EnvironmentError } from '@cognito-m2m/environment';
import { expect, test } from '@jest/globals';
import { CliError } from './errors.ts';
import { reportError } from './report-error.ts';

function awsError(name: string, fields: object = {}): Error {
  return Object.assign(new Error('a text of the service'), { name, $metadata: {}, ...fields });
}

test.each([
  ['a coded error of m2m', new CliError('ERR_POOL_UNKNOWN', 'no pool', { next: 'm2m list' })],
  ['an error of the environment file', new EnvironmentError('ERR_ENVIRONMENT_INVALID', 'bad')],
  ['a lost race', new StoreError('ERR_STORE_LOST_RACE', 'lost')],
  ['a table that can not be read', new StoreError('ERR_STORE_TIMEOUT', 'slow')],
  ['a refusal of AWS', awsError('AccessDeniedException')],
  ['missing credentials', awsError('CredentialsProviderError')],
  ['a connection that fails', awsError('Error', { code: 'ECONNREFUSED' })],
])('%s exits with 1 and names what to do next', (_case, error) => {
  expect(reportError(error)).toMatchObject({ exitCode: 1, next: expect.stringMatching(/\w/) });
});

test('a lost race says so', () => {
  const error = new StoreError('ERR_STORE_LOST_RACE', 'Revision 3 exists already.');

  expect(reportError(error)).toMatchObject({
    code: 'ERR_STORE_LOST_RACE',
    next: expect.stringContaining('m2m history'),
  });
});

test('a bug exits with 70, with its stack and without its message', () => {
  const report = reportError(new TypeError('hunter2 is no number'));

  expect(report).toMatchObject({ exitCode: 70, code: 'ERR_INTERNAL' });
  expect(report.message).toContain('TypeError');
  expect(report.message).toContain('report-error.test.ts');
  expect(report.message).not.toContain('hunter2');
});

test('a bug that is no Error exits with 70', () => {
  expect(reportError('hunter2')).toMatchObject({
    exitCode: 70,
    message: expect.not.stringContaining('hunter2'),
  });
});
