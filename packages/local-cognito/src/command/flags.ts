import { type Command, InvalidArgumentError, Option } from 'commander';
import { type MeasuredBehaviour, readMeasured } from '../config/measured.ts';
import { DEFAULT_PORT } from '../http/listen.ts';
import {
  BEHAVIOUR_NAMES,
  BEHAVIOURS,
  type CognitoBehaviour,
  describeBehaviourValues,
  isBehaviourName,
  isBehaviourValue,
} from '../model/behaviour.ts';
import { withoutUndefined } from '../model/without-undefined.ts';
import type { ServerOptions } from '../start-options.ts';
import { RUNTIMES, type TriggerOptions } from '../trigger/trigger-options.ts';

/** The command line of every server. */
export interface ServerFlags {
  readonly port?: number;
  readonly host?: string;
  readonly allowHost?: readonly string[];
  readonly publicUrl?: string;
  readonly apiSecret?: string;
  readonly tls?: true;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly data?: string;
  readonly behaviour?: Partial<CognitoBehaviour>;
  readonly measured?: MeasuredBehaviour;
  readonly issuer?: CognitoBehaviour['issuerFormat'];
  readonly trigger?: string;
  readonly triggerEndpoint?: string;
  readonly triggerFunction?: string;
  readonly handler?: string;
  /** Variables of the trigger, by `--env`; the name of an environment file where `--env-var` sets them. */
  readonly env?: Variables | string;
  readonly envVar?: Variables;
  readonly envFile?: string;
  readonly runtime?: (typeof RUNTIMES)[number];
  readonly listBehaviours?: true;
  readonly json?: true;
}

type Variables = { readonly [name: string]: string };

/** The command line of a server with its own configuration. */
export interface PoolFlags {
  readonly config?: string;
  readonly client?: readonly string[];
  readonly scope?: readonly string[];
  readonly pool?: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly registration?: 'authenticated' | 'open';
  readonly region?: string;
}

/** Adds the options of every server. */
export function addServerOptions(command: Command): Command {
  return command
    .option('--port <number>', `TCP port, 0 for any free one (default: ${DEFAULT_PORT})`, parsePort)
    .option(
      '--host <address>',
      'address to listen on; other machines can reach any but loopback (default: 127.0.0.1)',
    )
    .option('--allow-host <name>', 'name that a Host header may hold (repeatable)', collect)
    .option('--public-url <url>', 'address that clients use, for issuer, key set and discovery')
    .option(
      '--api-secret <key>',
      'secret access key by which other machines may call the AWS API',
      parseApiSecret,
    )
    .addOption(
      new Option('--tls', 'serve HTTPS with a certificate that is made at the start').conflicts([
        'tlsCert',
        'tlsKey',
      ]),
    )
    .option('--tls-cert <file>', 'serve HTTPS with this certificate, PEM')
    .option('--tls-key <file>', 'private key of the certificate, PEM')
    .option('--data <folder>', 'keep keys, ids and secrets in this folder')
    .option(
      '--behaviour <name=value>',
      'what AWS does not document (repeatable); see --list-behaviours',
      collectBehaviour,
    )
    .option(
      '--measured <file>',
      'behave as m2m probe measured a real pool; --behaviour goes first',
      readMeasuredFile,
    )
    .addOption(
      new Option('--issuer <format>', 'issuer of the tokens, as --behaviour issuerFormat').choices([
        'local',
        'aws',
        'aws-updated',
      ]),
    )
    .option('--list-behaviours', 'print the behaviours with their values, and end')
    .option('--json', 'print the pools and clients as one line of JSON');
}

/**
 * Adds the options of the trigger.
 *
 * @param variableFlag - What sets a variable of the trigger: `--env` is taken where environment files are served.
 */
export function addTriggerOptions(command: Command, variableFlag: '--env' | '--env-var'): Command {
  return command
    .addOption(
      new Option(
        '--trigger <bundle>',
        'run this pre token generation trigger, a file or a folder; its log goes to standard error',
      ).conflicts('triggerEndpoint'),
    )
    .option(
      '--handler <name>',
      'function that the bundle exports; for a folder with its file, such as src/index.handler',
    )
    .option(
      `${variableFlag} <NAME=value>`,
      'environment variable of the trigger (repeatable)',
      collectVariable,
    )
    .option('--env-file <file>', 'environment variables of the trigger, one NAME=value a line')
    .addOption(
      new Option(
        '--runtime <name>',
        'Lambda runtime whose rules apply (default: nodejs22.x)',
      ).choices([...RUNTIMES]),
    )
    .option('--trigger-endpoint <url>', 'call the trigger through this Lambda Invoke API')
    .option('--trigger-function <name>', 'name of the function at that API (default: function)');
}

/** Adds the options that declare pools. */
export function addPoolOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--config <file>', 'pools, clients and settings as JSON, JSON5 or YAML').conflicts(
        ['client', 'scope', 'pool', 'clientId', 'clientSecret', 'registration'],
      ),
    )
    .option('--client <name>', 'app client of the pool (repeatable)', collect)
    .option(
      '--scope <scope>',
      'scope of the clients, as <resource server>/<scope> (repeatable)',
      collect,
    )
    .option('--pool <name>', 'name of the pool (default: local)')
    .option('--client-id <id>', 'id of the only client (default: derived from the names)')
    .option('--client-secret <secret>', 'secret of the only client (default: generated)')
    .addOption(
      new Option(
        '--registration <kind>',
        'let clients register at /oauth2/register: with a token, or without one too (default: off)',
      ).choices(['authenticated', 'open']),
    )
    .option('--region <name>', 'Region of the pools (default: eu-central-1)');
}

/** What flags say about the server; members that no flag sets are absent. */
export function toServerOptions(flags: ServerFlags, defaults: ServerOptions = {}): ServerOptions {
  const { tlsCert, tlsKey, issuer } = flags;
  const tls =
    tlsCert !== undefined && tlsKey !== undefined ? { cert: tlsCert, key: tlsKey } : flags.tls;
  const given = {
    port: flags.port ?? defaults.port ?? DEFAULT_PORT,
    host: flags.host,
    allowedHosts: flags.allowHost,
    publicUrl: flags.publicUrl,
    apiSecret: flags.apiSecret,
    tls,
    behaviour: {
      ...defaults.behaviour,
      ...flags.measured?.behaviour,
      ...flags.behaviour,
      ...withoutUndefined({ issuerFormat: issuer }),
    },
  };
  return { ...defaults, ...withoutUndefined(given) };
}

/** What flags say about the trigger, without its bundle and endpoint. */
export function toTriggerDetails({
  handler,
  env,
  envVar,
  envFile,
  runtime,
}: ServerFlags): Omit<TriggerOptions, 'bundle' | 'endpoint'> {
  return withoutUndefined({
    handler,
    envFile,
    runtime,
    env: typeof env === 'object' ? env : envVar,
  });
}

/** The behaviours with their values, for people. */
export function formatBehaviours(): string {
  const rows = BEHAVIOUR_NAMES.map(
    (name) =>
      `${name}=${BEHAVIOURS[name].initial} (${BEHAVIOURS[name].basis})\n    ${BEHAVIOURS[name].what}\n    ${describeBehaviourValues(name)}`,
  );
  return `Each behaviour with its default, and how sure that is:\n\n${rows.join('\n')}\n`;
}

/** Reads a TCP port. */
export function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError('Expected a port from 0 to 65535.');
}

function parseApiSecret(text: string): string {
  if (/^[\x21-\x7e]{16,128}$/.test(text)) return text;
  throw new InvalidArgumentError('Expected 16 to 128 characters without spaces.');
}

function collect(value: string, previous: readonly string[] = []): string[] {
  return [...previous, value];
}

function collectVariable(text: string, previous: Variables = {}) {
  const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/s.exec(text) ?? [];
  if (name !== undefined && value !== undefined) return { ...previous, [name]: value };
  throw new InvalidArgumentError('Expected NAME=value.');
}

function readMeasuredFile(file: string): MeasuredBehaviour {
  try {
    return readMeasured(file);
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : 'It cannot be read.');
  }
}

function collectBehaviour(text: string, previous: Partial<CognitoBehaviour> = {}) {
  const [, name = '', value = ''] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
  if (!isBehaviourName(name)) {
    throw new InvalidArgumentError(
      'Expected <name>=<value> with a name that --list-behaviours shows.',
    );
  }
  const candidates = [
    value,
    Number(value),
    value === 'true' ? true : value === 'false' ? false : undefined,
  ];
  const found = candidates.find((candidate) => isBehaviourValue(name, candidate));
  if (found !== undefined) return { ...previous, [name]: found };
  throw new InvalidArgumentError(`Expected ${describeBehaviourValues(name)}.`);
}
