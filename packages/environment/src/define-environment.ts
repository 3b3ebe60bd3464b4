import type { EnvironmentInput } from './environment.ts';

/**
 * Types an environment file: a claim off the contract is a compile error.
 *
 * Returns its argument as it is; the loader validates, so that every fault is reported at once.
 */
export function defineEnvironment(environment: EnvironmentInput): EnvironmentInput {
  return environment;
}
