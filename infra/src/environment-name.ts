import { listEnvironments } from '@cognito-m2m/environment';
import { InfraError } from './errors.ts';

/** The variable that names the environment to synthesize. */
const ENVIRONMENT_VARIABLE = 'M2M_ENV';
/** The variable that names an environment to retire; an empty one names none. */
const RETIRE_VARIABLE = 'M2M_RETIRE';

/** The environment variables of a process. */
export interface Variables {
  readonly [name: string]: string | undefined;
}

/**
 * Reads which environment to synthesize. There is no default, least of all production.
 *
 * @throws {InfraError} `ERR_INFRA_ENVIRONMENT_UNNAMED` with the known names.
 */
export async function readEnvironmentName(variables: Variables): Promise<string> {
  const name = variables[ENVIRONMENT_VARIABLE] ?? '';
  if (name !== '') return name;
  const known = (await listEnvironments()).join(', ');
  const message = `No environment is named. Set ${ENVIRONMENT_VARIABLE} to one of: ${known}.`;
  throw new InfraError('ERR_INFRA_ENVIRONMENT_UNNAMED', message);
}

/** Environments that may be deleted with their data: on one machine, or for a trial. */
const TRIAL_NAME = /^(?:local|trial(?:-.+)?)$/;

/** True for an environment that may be declared disposable. */
export function isTrial(environment: string): boolean {
  return TRIAL_NAME.test(environment);
}

/**
 * True if this run is to retire the environment. No file can say so.
 *
 * @throws {InfraError} `ERR_INFRA_RETIRE_MISMATCH` if the variable names another environment than this run is for.
 */
export function isRetired(environment: string, variables: Variables): boolean {
  const retired = variables[RETIRE_VARIABLE] ?? '';
  if (retired === '' || retired === environment) return retired !== '';
  const message = [
    `${RETIRE_VARIABLE} names "${retired}", but this run is for "${environment}". Nothing was run.`,
    `Unset it, unless you are retiring "${environment}".`,
  ].join('\n');
  throw new InfraError('ERR_INFRA_RETIRE_MISMATCH', message);
}
