import type * as product from '@cognito-m2m/environment';
import type { contract } from '#contract';

/** An environment file under this team's contract. */
export type EnvironmentInput = product.EnvironmentInput<typeof contract>;

/** A user pool of an environment file under this team's contract. */
export type PoolInput = product.PoolInput<typeof contract>;

/**
 * Types an environment file: a claim that is not in the contract is a compile error.
 *
 * Returns its argument unchanged; the loader validates, so that every fault is reported at once.
 */
export function defineEnvironment(environment: EnvironmentInput): EnvironmentInput {
  return environment;
}
