import { fileURLToPath } from 'node:url';
import type { contract } from '@cognito-m2m/claim-schema/fixtures';
import type { EnvironmentInput, PoolInput } from '@cognito-m2m/environment';

export {
  aClient,
  anEnvironment,
  anEnvironmentWith,
  aPool,
  aTokenClient,
  STAFF_ISSUER,
} from './an-environment.ts';

/** The folder of the environment files that the product's own tests stand on: `dev`, `local`, `prod`, `staging`. */
export const FIXTURE_ENVIRONMENTS = fileURLToPath(new URL('./environments', import.meta.url));

/** A user pool of a fixture environment. */
export type FixturePool = PoolInput<typeof contract>;

/** Types an environment file of the fixtures, as `@cognito-m2m/contract` types a team's. */
export function defineEnvironment(
  environment: EnvironmentInput<typeof contract>,
): EnvironmentInput<typeof contract> {
  return environment;
}
