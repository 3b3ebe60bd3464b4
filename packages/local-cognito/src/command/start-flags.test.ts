import { expect, test } from '@jest/globals';
import { createStartCommand } from './start-flags.ts';

function parse(...args: string[]) {
  const command = createStartCommand().exitOverride();
  command.configureOutput({ writeErr: () => {} });
  return command.parse(args, { from: 'user' }).opts();
}

test('has a default for every flag that needs one', () => {
  expect(parse()).toEqual({
    env: 'local',
    port: 8787,
    host: '127.0.0.1',
    allowHost: [],
    clientTokenAuth: false,
    issuer: 'local',
    json: false,
  });
});

test.each([
  [['--port', '0'], { port: 0 }],
  [['--port', '65535'], { port: 65_535 }],
  [['--issuer', 'aws-updated'], { issuer: 'aws-updated' }],
  [['--client-token-auth'], { clientTokenAuth: true }],
  [['--env', 'dev'], { env: 'dev' }],
  [['--allow-host', 'a', '--allow-host', 'b'], { allowHost: ['a', 'b'] }],
  [['--endpoint-url', 'http://127.0.0.1:5000'], { endpointUrl: 'http://127.0.0.1:5000' }],
])('reads %j', (args, expected) => {
  expect(parse(...args)).toMatchObject(expected);
});

test.each([
  [['--port', '65536'], 'commander.invalidArgument'],
  [['--port', '-1'], 'commander.invalidArgument'],
  [['--port', '80a'], 'commander.invalidArgument'],
  [['--port', ''], 'commander.invalidArgument'],
  [['--issuer', 'google'], 'commander.invalidArgument'],
  [['--endpoint-url', 'http://a', '--data', 'folder'], 'commander.conflictingOption'],
  [['--endpoint-url', 'http://a', '--client-token-auth'], 'commander.conflictingOption'],
  [['--nonsense'], 'commander.unknownOption'],
])('refuses %j', (args, code) => {
  expect(() => parse(...args)).toThrow(expect.objectContaining({ code }));
});
