import { resolve } from 'node:path';
import { Command } from 'commander';
import { readConfig } from '../config/read-config.ts';
import { LocalCognitoError } from '../model/errors.ts';
import { withoutUndefined } from '../model/without-undefined.ts';
import { startLocalCognito } from '../start-local-cognito.ts';
import type { LocalCognitoOptions } from '../start-options.ts';
import { REGISTRATION_SCOPE } from '../state/pool-definition.ts';
import type { TriggerInput, TriggerOptions } from '../trigger/trigger-options.ts';
import {
  addPoolOptions,
  addServerOptions,
  addTriggerOptions,
  formatBehaviours,
  type PoolFlags,
  type ServerFlags,
  toServerOptions,
  toTriggerDetails,
} from './flags.ts';
import { createLogger, serve } from './serve.ts';

/** The command line of `local-cognito`. */
type Flags = ServerFlags & PoolFlags;

/** Describes the command line of `local-cognito`. */
export function createLocalCognitoCommand(): Command {
  const command = new Command('local-cognito').description(
    'Runs a token endpoint for machine clients that answers as Amazon Cognito does, until Ctrl-C.',
  );
  return addTriggerOptions(addServerOptions(addPoolOptions(command)), '--env').option(
    '--schema',
    'print the JSON schema of the configuration, and end',
  );
}

/** Runs the command until the server should end. */
export async function runLocalCognito(argv: readonly string[]): Promise<void> {
  const given = createLocalCognitoCommand().parse(argv).opts<Flags & { readonly schema?: true }>();
  const flags = { ...given, ...resolvePaths(given) };
  if (flags.listBehaviours) return console.log(formatBehaviours());
  if (flags.schema) {
    const { toJsonSchema } = await import('../config/config-schema.ts');
    return console.log(JSON.stringify(toJsonSchema(), null, 2));
  }
  const options = await toOptions(flags);
  const { host } = options;
  await serve({ ...flags, ...withoutUndefined({ host }) }, async () => {
    const cognito = await startLocalCognito(options);
    const title = flags.config ?? `${cognito.pools.length === 1 ? 'one pool' : 'several pools'}`;
    return { cognito, announced: { title, notes: [] } };
  });
}

async function toOptions(flags: Flags): Promise<LocalCognitoOptions> {
  const config = flags.config === undefined ? toPools(flags) : await readConfig(flags.config);
  const { $schema: _schema, ...declared } = config as LocalCognitoOptions & { $schema?: string };
  const trigger = toTrigger(flags, declared.trigger);
  const isLogged = trigger !== undefined && trigger !== null;
  return {
    ...declared,
    ...toServerOptions(flags, declared),
    ...withoutUndefined({ data: flags.data, region: flags.region, trigger }),
    logger: createLogger(flags, isLogged || declared.triggers !== undefined),
  };
}

/** One pool, as flags declare it. */
function toPools(flags: Flags): LocalCognitoOptions {
  const { client: names = [], scope: scopes = [], pool = 'local', clientId, clientSecret } = flags;
  if (names.length === 0) {
    throw invalid(
      'There is no client to serve. Pass --client <name> --scope <scope>, or --config <file>.',
    );
  }
  if (names.length > 1 && (clientId !== undefined || clientSecret !== undefined)) {
    throw invalid('--client-id and --client-secret need exactly one --client.');
  }
  const client = { scopes, ...withoutUndefined({ clientId, clientSecret }) };
  const { registration: kind } = flags;
  const registration = kind && {
    open: kind === 'open',
    openGrantTypes: ['code', 'client_credentials'] as const,
    allowedScopes: scopes.filter((scope) => scope !== REGISTRATION_SCOPE),
  };
  return {
    pools: {
      [pool]: {
        ...withoutUndefined({ registration }),
        clients: Object.fromEntries(names.map((name) => [name, client])),
      },
    },
  };
}

/** The trigger that flags name; their details otherwise apply to that of the configuration. */
function toTrigger(
  flags: Flags,
  declared: TriggerInput | null | undefined,
): TriggerInput | null | undefined {
  const { trigger: bundle, triggerEndpoint: endpoint, triggerFunction: functionName } = flags;
  const details = toTriggerDetails(flags);
  const isNamed = bundle !== undefined || endpoint !== undefined;
  if (isNamed) return withoutUndefined({ bundle, endpoint, functionName, ...details });
  if (Object.keys(details).length === 0) return declared;
  if (typeof declared === 'string') return { bundle: declared, ...details };
  if (declared === undefined || declared === null) {
    throw invalid(
      '--handler, --env, --env-file and --runtime need a trigger. Pass --trigger <bundle>.',
    );
  }
  return isOptions(declared) ? { ...declared, ...details } : declared;
}

/** The paths of flags are relative to where the command is run. */
function resolvePaths({ trigger, envFile, data, tlsCert, tlsKey }: Flags) {
  const given = withoutUndefined({ trigger, envFile, data, tlsCert, tlsKey });
  return Object.fromEntries(Object.entries(given).map(([flag, path]) => [flag, resolve(path)]));
}

function isOptions(trigger: LocalCognitoOptions['trigger']): trigger is TriggerOptions {
  return typeof trigger === 'object' && trigger !== null && !(trigger instanceof URL);
}

function invalid(message: string): LocalCognitoError {
  return new LocalCognitoError('ERR_LOCAL_OPTIONS_CONFLICT', message);
}
