import { listEnvironments, loadEnvironment } from '@cognito-m2m/environment';
import { findTarget } from './deployment/find-target.ts';
import type { BareContext, CommandContext } from './frame/command.ts';
import type { ParsedArguments } from './frame/command-line.ts';
import { CliError } from './frame/errors.ts';

/**
 * Loads the environment that `--env` or `M2M_ENV` names, and finds where it is deployed.
 *
 * @throws {CliError} `ERR_ENVIRONMENT_REQUIRED` if neither names one: there is no default.
 */
export async function openContext(
  bare: BareContext,
  parsed: ParsedArguments,
): Promise<CommandContext> {
  const { contract, environmentsDirectory: directory, variables } = bare;
  const name = parsed.option('env');
  if (name === undefined) throw environmentRequired(await listEnvironments({ directory }));
  const environment = await loadEnvironment(name, { contract, directory });
  const target = await findTarget({
    environment,
    variables,
    isAwsForced: parsed.flag('aws'),
    localUrl: parsed.option('localUrl'),
  });
  bare.output.note(`${environment.name} on ${target.label}`);
  return { ...bare, environment, target };
}

function environmentRequired(known: readonly string[]): CliError {
  const names = known.join(', ') || 'none';
  return new CliError(
    'ERR_ENVIRONMENT_REQUIRED',
    `--env is required, unless M2M_ENV names the environment. Known environments: ${names}.`,
    known[0] === undefined ? {} : { next: `the same command with --env ${known[0]}` },
  );
}
