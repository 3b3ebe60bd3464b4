import { contract } from '@cognito-m2m/contract';
import { buildTrigger } from '../command/build-trigger.ts';
import { parseStartOptions } from '../command/start-flags.ts';

/*
 * `pnpm start`: local Cognito until Ctrl-C. Loading modules is most of a start, and the build of the trigger runs beside it:
 * this file imports little, and everything else once the build is under way.
 */
const flags = parseStartOptions(process.argv);
const built = flags.trigger === undefined ? buildTrigger() : Promise.resolve();
// It may fail before anybody waits for it.
built.catch(() => undefined);
const { serve } = await import('../command/serve.ts');
await serve(flags, contract, built);
