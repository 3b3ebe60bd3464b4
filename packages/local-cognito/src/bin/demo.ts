import { contract } from '@cognito-m2m/contract';
import { EnvironmentError } from '@cognito-m2m/environment';
import { runDemo } from '../command/demo-steps.ts';
import { run } from '../command/run.ts';

/** `pnpm demo`: asks local Cognito for tokens as an outside client would, and shows what is in them. */
await run(
  () => runDemo(contract),
  (error) => error instanceof EnvironmentError,
);
