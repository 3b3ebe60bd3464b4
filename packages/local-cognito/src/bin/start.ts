import { contract } from '@cognito-m2m/contract';
import { EnvironmentError } from '@cognito-m2m/environment';
import { run } from '../command/run.ts';
import { runStart } from '../command/start-environment.ts';

/** `pnpm start`: local Cognito for an environment file, until Ctrl-C. */
await run(
  () => runStart(process.argv, contract),
  (error) => error instanceof EnvironmentError,
);
