import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { InfraError } from './errors.ts';

/**
 * Finds the folder of the trigger's built bundle.
 *
 * @throws {InfraError} `ERR_INFRA_BUNDLE_MISSING` if it is not built.
 */
export function findTriggerDirectory(): string {
  const { resolve } = createRequire(import.meta.url);
  try {
    return dirname(resolve('@cognito-m2m/pre-token-generation/bundle'));
  } catch (cause) {
    const message = 'The trigger is not built; run `npx -y pnpm@12 build` first.';
    throw new InfraError('ERR_INFRA_BUNDLE_MISSING', message, { cause });
  }
}
