import { contract } from '@cognito-m2m/contract';
import { EnvironmentError } from '@cognito-m2m/environment';

import { buildTrigger } from '../command/build-trigger.ts';
import { formatBehaviours } from '../command/flags.ts';
import { run } from '../command/run.ts';
import {
  createStartCommand,
  type StartFlags,
  serveEnvironment,
} from '../command/start-environment.ts';

/** `pnpm start`: local Cognito for an environment file, until Ctrl-C. */
const flags = createStartCommand().parse(process.argv).opts<StartFlags>();
if (flags.listBehaviours) {
  console.log(formatBehaviours());
} else {
  // The build runs while the environment is loaded.
  const isOther = flags.trigger !== undefined || flags.triggerEndpoint !== undefined;
  const built = isOther ? Promise.resolve() : buildTrigger();
  // It may fail before anybody waits for it.
  built.catch(() => undefined);
  await run(
    () => serveEnvironment(flags, contract, built),
    (error) => error instanceof EnvironmentError,
  );
}
