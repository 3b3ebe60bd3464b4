import { expect, test } from '@jest/globals';
import { createLocalCognitoCommand } from './local-cognito-command.ts';
import { createStartCommand } from './start-environment.ts';

function parse(create: typeof createStartCommand, ...args: string[]) {
  const command = create().exitOverride();
  command.configureOutput({ writeErr: () => {} });
  return command.parse(args, { from: 'user' }).opts();
}

test('start serves the environment "local" by default', () => {
  expect(parse(createStartCommand)).toEqual({ env: 'local' });
});

test.each([
  [['--port', '0'], { port: 0 }],
  [['--port', '65535'], { port: 65_535 }],
  [['--issuer', 'aws-updated'], { issuer: 'aws-updated' }],
  [['--client-token-auth'], { clientTokenAuth: true }],
  [['--env', 'dev'], { env: 'dev' }],
  [['--env-var', 'A=b=c', '--env-var', 'B='], { envVar: { A: 'b=c', B: '' } }],
  [['--allow-host', 'a', '--allow-host', 'b'], { allowHost: ['a', 'b'] }],
  [['--endpoint-url', 'http://127.0.0.1:5000'], { endpointUrl: 'http://127.0.0.1:5000' }],
  [
    ['--behaviour', 'scopeOrder=declared', '--behaviour', 'triggerAttempts=2'],
    { behaviour: { scopeOrder: 'declared', triggerAttempts: 2 } },
  ],
  [
    ['--behaviour', 'allowsRawBasicCredentials=false'],
    { behaviour: { allowsRawBasicCredentials: false } },
  ],
  [['--behaviour', 'invalidSecretDescription='], { behaviour: { invalidSecretDescription: '' } }],
])('start reads %j', (args, expected) => {
  expect(parse(createStartCommand, ...args)).toMatchObject(expected);
});

test.each([
  [['--client', 'a', '--client', 'b', '--scope', 'x/y'], { client: ['a', 'b'], scope: ['x/y'] }],
  [['--config', 'file.json'], { config: 'file.json' }],
  [['--env', 'A=b'], { env: { A: 'b' } }],
  [['--runtime', 'nodejs24.x'], { runtime: 'nodejs24.x' }],
  [['--trigger-endpoint', 'http://127.0.0.1:3001'], { triggerEndpoint: 'http://127.0.0.1:3001' }],
])('local-cognito reads %j', (args, expected) => {
  expect(parse(createLocalCognitoCommand, ...args)).toMatchObject(expected);
});

test.each([
  [createStartCommand, ['--port', '65536'], 'commander.invalidArgument'],
  [createStartCommand, ['--port', '-1'], 'commander.invalidArgument'],
  [createStartCommand, ['--port', '80a'], 'commander.invalidArgument'],
  [createStartCommand, ['--port', ''], 'commander.invalidArgument'],
  [createStartCommand, ['--issuer', 'google'], 'commander.invalidArgument'],
  [createStartCommand, ['--behaviour', 'mood=good'], 'commander.invalidArgument'],
  [createStartCommand, ['--behaviour', 'scopeOrder=random'], 'commander.invalidArgument'],
  [createStartCommand, ['--behaviour', 'triggerAttempts=0'], 'commander.invalidArgument'],
  [createStartCommand, ['--env-var', 'no-value'], 'commander.invalidArgument'],
  [
    createStartCommand,
    ['--endpoint-url', 'http://a', '--data', 'folder'],
    'commander.conflictingOption',
  ],
  [
    createStartCommand,
    ['--endpoint-url', 'http://a', '--client-token-auth'],
    'commander.conflictingOption',
  ],
  [
    createLocalCognitoCommand,
    ['--trigger', 'a.mjs', '--trigger-endpoint', 'http://a'],
    'commander.conflictingOption',
  ],
  [
    createLocalCognitoCommand,
    ['--config', 'a.json', '--client', 'worker'],
    'commander.conflictingOption',
  ],
  [createLocalCognitoCommand, ['--runtime', 'nodejs20.x'], 'commander.invalidArgument'],
  [createLocalCognitoCommand, ['--nonsense'], 'commander.unknownOption'],
])('a command refuses what it cannot use: %# %j', (create, args, code) => {
  expect(() => parse(create, ...(args as string[]))).toThrow(expect.objectContaining({ code }));
});
