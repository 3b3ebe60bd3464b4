import { expect, test } from '@jest/globals';
import { createCommandLine, createParsedArguments } from './command.ts';

function commandLine(options: object): string {
  return createCommandLine(createParsedArguments([], { ...options }))('doctor payments');
}

test.each([
  ['the environment', { env: 'dev' }, 'm2m doctor payments --env dev'],
  ['AWS', { env: 'dev', aws: true }, 'm2m doctor payments --env dev --aws'],
  [
    'a local Cognito at another port',
    { env: 'local', localUrl: 'http://127.0.0.1:9000' },
    'm2m doctor payments --env local --local-url http://127.0.0.1:9000',
  ],
  [
    'another folder',
    { env: 'dev', environments: "/tmp/a team's" },
    "m2m doctor payments --env dev --environments '/tmp/a team'\\''s'",
  ],
  ['nothing but the command', { yes: true }, 'm2m doctor payments'],
])('a command names %s', (_case, options, expected) => {
  expect(commandLine(options)).toBe(expected);
});
