import { StoreError } from '@cognito-m2m/claims-store/errors';
import { EnvironmentError } from '@cognito-m2m/environment';
import { expect, test } from '@jest/globals';
import { createCommandLine, createParsedArguments } from './command.ts';
import { CliError } from './errors.ts';
import { reportError } from './report-error.ts';

function report(error: unknown) {
  const options = { env: 'local', localUrl: 'http://127.0.0.1:9000' };
  return reportError(error, {
    helpCommand: 'm2m set --help',
    commandLine: createCommandLine(createParsedArguments([], options)),
  });
}

test.each([
  ['an error that says what to do', new CliError('ERR_USAGE', 'no', { next: 'go on' }), 'go on'],
  ['an error that does not', new CliError('ERR_ARGUMENT_INVALID', 'no'), 'm2m set --help'],
  [
    'an error that names a command',
    new CliError('ERR_POOL_UNKNOWN', 'no pool', { next: { m2m: 'list' } }),
    'm2m list --env local --local-url http://127.0.0.1:9000',
  ],
  [
    'an error that names a command and more',
    new CliError('ERR_STORE_LOST_RACE', 'lost', {
      next: { m2m: 'history', afterwards: 'then again' },
    }),
    'm2m history --env local --local-url http://127.0.0.1:9000, then again',
  ],
  [
    'an environment file with faults',
    new EnvironmentError('ERR_ENVIRONMENT_INVALID', 'bad'),
    'correct the file, then run the same command again',
  ],
  [
    'a folder that is not there',
    new EnvironmentError('ERR_ENVIRONMENT_FOLDER_UNREADABLE', 'bad'),
    'the same command with --environments and the folder of the environment files',
  ],
  [
    'a table that does not answer',
    new StoreError('ERR_STORE_TIMEOUT', 'slow'),
    'the same command again in a minute',
  ],
  [
    'a table that is not for you',
    new StoreError('ERR_STORE_ACCESS', 'no'),
    'm2m doctor --env local --local-url http://127.0.0.1:9000',
  ],
  [
    'a request that AWS refused',
    Object.assign(new Error('text'), { name: 'ResourceNotFoundException', $metadata: {} }),
    'm2m doctor --env local --local-url http://127.0.0.1:9000',
  ],
])('%s exits with 1 and names what to do next', (_case, error, next) => {
  expect(report(error)).toMatchObject({ exitCode: 1, next });
});

test('what looks like a secret is shown neither in the message nor in the next command', () => {
  const key = `AKIA${'A'.repeat(16)}`;
  const error = new CliError('ERR_CLIENT_NOT_FOUND', `No client "${key}".`, {
    next: { m2m: `history payments ${key}` },
  });

  expect(JSON.stringify(report(error))).not.toContain(key);
});

test('a bug exits with 70, with its stack and without its message', () => {
  const { message, ...rest } = report(new TypeError('hunter2 is not a number'));

  expect(rest).toMatchObject({ exitCode: 70, code: 'ERR_INTERNAL' });
  expect(message).toContain('TypeError');
  expect(message).toContain('report-error.test.ts');
  expect(message).not.toContain('hunter2');
});

test('a bug that is not an Error exits with 70', () => {
  expect(report('hunter2')).toMatchObject({
    exitCode: 70,
    message: expect.not.stringContaining('hunter2'),
  });
});
