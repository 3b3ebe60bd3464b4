import { Command, InvalidArgumentError, Option } from 'commander';
import type { CognitoBehaviour } from '../model/behaviour.ts';

/** Where the server listens unless told otherwise. */
const DEFAULT_PORT = 8787;

/** The command line of `start`. */
export interface StartFlags {
  readonly env: string;
  readonly environments?: string;
  readonly port: number;
  readonly host: string;
  readonly allowHost: readonly string[];
  readonly data?: string;
  readonly endpointUrl?: string;
  readonly trigger?: string;
  readonly clientTokenAuth: boolean;
  readonly issuer: CognitoBehaviour['issuerFormat'];
  readonly json: boolean;
}

/** Reads the command line; for `--help` and faults it prints and ends the process. */
export function parseStartOptions(argv: readonly string[]): StartFlags {
  return createStartCommand().parse(argv).opts<StartFlags>();
}

/** Describes the command line of `start`. */
export function createStartCommand(): Command {
  return new Command('start')
    .description('Runs local Cognito for one environment until Ctrl-C.')
    .option('--env <name>', 'environment file to serve', 'local')
    .option('--environments <folder>', 'folder of the environment files')
    .option('--port <number>', 'TCP port, 0 for any free one', parsePort, DEFAULT_PORT)
    .option(
      '--host <address>',
      'address to listen on; other machines can reach any but loopback',
      '127.0.0.1',
    )
    .option('--allow-host <name>', 'name that a Host header may hold (repeatable)', collect, [])
    .option('--data <folder>', 'keep keys, ids, secrets and claims in this folder')
    .addOption(
      new Option(
        '--endpoint-url <url>',
        'serve what is deployed to this AWS-compatible API, such as moto',
      ).conflicts('data'),
    )
    .addOption(
      new Option('--client-token-auth', 'allow GetClientToken (never enabled by a deploy)')
        .default(false)
        .conflicts('endpointUrl'),
    )
    .option(
      '--trigger <bundle>',
      'run this bundle instead of the one built here; its log goes to standard error',
    )
    .addOption(
      new Option('--issuer <format>', 'issuer of the tokens')
        .choices(['local', 'aws', 'aws-updated'])
        .default('local'),
    )
    .option('--json', 'print the pools and clients as one line of JSON', false);
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError('Expected a port from 0 to 65535.');
}

function collect(value: string, previous: readonly string[]): string[] {
  return [...previous, value];
}
