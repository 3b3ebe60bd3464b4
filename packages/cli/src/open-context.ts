import { listEnvironments, loadEnvironment } from '@cognito-m2m/environment';
import type { BareContext, CommandContext } from './command.ts';
import { CliError } from './errors.ts';
import type { ParsedArguments } from './parsed-arguments.ts';
import { findTarget } from './target/find-target.ts';

/** Loads the environment that `--env` names and finds where it is deployed. */
export async function openContext(
  bare: BareContext,
  parsed: ParsedArguments,
): Promise<CommandContext> {
  const { contract, environmentsDirectory, variables } = bare;
  const options = environmentsDirectory === undefined ? {} : { directory: environmentsDirectory };
  const name = parsed.option('env');
  if (name === undefined) throw environmentRequired(await listEnvironments(options));
  const environment = await loadEnvironment(name, { contract, ...options });
  const localUrl = parsed.option('localUrl');
  const target = await findTarget({
    environment,
    variables,
    isAwsForced: parsed.flag('aws'),
    ...(localUrl !== undefined && { localUrl }),
  });
  bare.output.note(`${environment.name} on ${target.label}`);
  return { ...bare, environment, target };
}

function environmentRequired(known: readonly string[]): CliError {
  const names = known.join(', ') || 'none';
  return new CliError(
    'ERR_ENVIRONMENT_REQUIRED',
    `Which environment? Expected --env <name>; known: ${names}.`,
    known[0] === undefined ? {} : { next: `the same command with --env ${known[0]}` },
  );
}
