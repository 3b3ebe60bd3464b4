import { FIXTURE_ENVIRONMENTS } from '@cognito-m2m/environment/fixtures';
import { type StartedM2m, startM2m } from '../support/m2m.ts';

/** Starts `m2m rotate` of the one client as a process of its own. */
export function startRotate(
  env: Readonly<Record<string, string>>,
  ...options: readonly string[]
): StartedM2m {
  const place = ['--env', 'local', '--environments', FIXTURE_ENVIRONMENTS, '--json'];
  return startM2m(['rotate', 'payments', 'billing-worker', ...options, ...place], env);
}
