import { runLocalCognito } from '../command/local-cognito-command.ts';
import { run } from '../command/run.ts';

export * from '../index.ts';

/** What the published command runs. */
export function main(): Promise<void> {
  return run(() => runLocalCognito(process.argv));
}
