import type { Contract } from '@cognito-m2m/claim-schema';
import { isTheirs, loadEnvironment, type Pool } from '@cognito-m2m/environment';
import { Command, Option } from 'commander';
import {
  type LocalEnvironmentOptions,
  startLocalEnvironment,
} from '../environment/start-local-environment.ts';
import { withoutUndefined } from '../model/without-undefined.ts';
import { buildTrigger } from './build-trigger.ts';
import {
  addServerOptions,
  addTriggerOptions,
  formatBehaviours,
  parsePort,
  type ServerFlags,
  toServerOptions,
  toTriggerDetails,
} from './flags.ts';
import { createLogger, serve } from './serve.ts';

/** The command line of `start`. */
interface StartFlags extends ServerFlags {
  readonly env: string;
  readonly environments?: string;
  readonly endpointUrl?: string;
  readonly dynamodbPort?: number;
  readonly clientTokenAuth?: true;
}

/**
 * Runs `start`: builds the trigger, and serves one environment until it should end.
 *
 * @param argv - As in `process.argv`.
 */
export async function runStart(argv: readonly string[], contract: Contract): Promise<void> {
  const flags = createStartCommand().parse(argv).opts<StartFlags>();
  if (flags.listBehaviours) {
    console.log(formatBehaviours());
    return;
  }
  // The build runs while the environment is loaded.
  const isOther = flags.trigger !== undefined || flags.triggerEndpoint !== undefined;
  const built = isOther ? Promise.resolve() : buildTrigger();
  // It may fail before anybody waits for it.
  built.catch(() => undefined);
  await serveEnvironment(flags, contract, built);
}

/** Describes the command line of `start`. */
export function createStartCommand(): Command {
  const command = new Command('start')
    .description('Runs local Cognito for one environment until Ctrl-C.')
    .option('--env <name>', 'environment file to serve', 'local')
    .option('--environments <folder>', 'folder of the environment files')
    .addOption(
      new Option(
        '--endpoint-url <url>',
        'serve what is deployed to this AWS-compatible API, such as moto',
      ).conflicts('data'),
    )
    .addOption(
      new Option(
        '--dynamodb-port <number>',
        'TCP port of the embedded DynamoDB (default: any free one)',
      )
        .argParser(parsePort)
        .conflicts('endpointUrl'),
    )
    .addOption(
      new Option(
        '--client-token-auth',
        'allow GetClientToken (never enabled by a deploy)',
      ).conflicts('endpointUrl'),
    );
  return addTriggerOptions(addServerOptions(command), '--env-var');
}

/**
 * Serves one environment until it should end.
 *
 * @param built - Settles once the trigger's bundle is there.
 */
async function serveEnvironment(
  flags: StartFlags,
  contract: Contract,
  built: Promise<void>,
): Promise<void> {
  await serve(flags, async () => {
    const { environments: directory } = flags;
    const environment = await loadEnvironment(
      flags.env,
      directory === undefined ? { contract } : { contract, directory },
    );
    await built;
    const cognito = await startLocalEnvironment({
      environment,
      contract,
      ...toEnvironmentOptions(flags),
    });
    const table = `Claims table ${cognito.tableName} at ${cognito.dynamoDbEndpoint}`;
    const notes = [...environment.pools.flatMap(existingNotes), table, ''];
    return { cognito, announced: { title: `environment ${environment.name}`, notes } };
  });
}

/** Says what of a pool of another owner is different here. */
function existingNotes({ name, existing, userTrigger, clients }: Pool): string[] {
  if (existing === undefined) return [];
  const theirs = clients.filter(isTheirs).length;
  return [
    `Pool ${name} stands in for ${existing.userPoolId}, which another stack owns: same IDs, other keys and secrets.`,
    theirs > 0 &&
      "  Scopes and token lifetimes of its owner's clients are on AWS only: here they have the scopes that bring them claims, or existing/any.",
    userTrigger &&
      `  Users do not sign in here, so ${userTrigger.functionArn} is not called. On AWS, their events go to it.`,
  ].filter((note) => typeof note === 'string');
}

function toEnvironmentOptions(
  flags: StartFlags,
): Omit<LocalEnvironmentOptions, 'environment' | 'contract'> {
  return {
    ...toServerOptions(flags),
    ...withoutUndefined({
      dataDirectory: flags.data,
      dynamoDbPort: flags.dynamodbPort,
      endpointUrl: flags.endpointUrl,
      allowsClientTokenAuth: flags.clientTokenAuth,
      triggerBundle: flags.trigger,
    }),
    trigger: {
      ...toTriggerDetails(flags),
      ...withoutUndefined({
        endpoint: flags.triggerEndpoint,
        functionName: flags.triggerFunction,
      }),
    },
    // The log of the trigger that is built here is known; a line for each token would slow it down.
    logger: createLogger(flags, flags.trigger !== undefined),
  };
}
