import { fileURLToPath } from 'node:url';
import { type StartedM2m, startM2m } from '../support/m2m.ts';

/** The environment files of the repository. */
export const environmentsDirectory = fileURLToPath(
  new URL('../../infra/environments', import.meta.url),
);

/** Starts `m2m rotate` of the one client as a process of its own. */
export function startRotate(
  env: Readonly<Record<string, string>>,
  ...options: readonly string[]
): StartedM2m {
  const place = ['--env', 'local', '--environments', environmentsDirectory, '--json'];
  return startM2m(['rotate', 'payments', 'billing-worker', ...options, ...place], env);
}
