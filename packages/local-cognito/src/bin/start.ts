import { loadEnvironment } from '@cognito-m2m/environment';
import { startLocalCognito } from '../start-local-cognito.ts';
import type { LocalCognito, LocalCognitoOptions } from '../start-options.ts';
import { buildTrigger } from './build-trigger.ts';
import { formatRequest, formatStart } from './format-start.ts';
import { run } from './run.ts';
import { parseStartOptions, type StartFlags } from './start-flags.ts';
import { createStyle } from './style.ts';

/** `pnpm start`: local Cognito until Ctrl-C. */
await run(async () => {
  const flags = parseStartOptions(process.argv);
  const environment = await loadEnvironment(
    flags.env,
    flags.environments === undefined ? {} : { directory: flags.environments },
  );
  if (flags.trigger === undefined) await buildTrigger();
  const cognito = await startLocalCognito({ environment, ...toOptions(flags) });
  console.log(
    flags.json
      ? JSON.stringify(cognito)
      : formatStart(cognito, environment.name, flags.host, createStyle(process.stdout)),
  );
  stopOnSignal(cognito);
});

function toOptions(flags: StartFlags): Omit<LocalCognitoOptions, 'environment'> {
  const style = createStyle(process.stdout);
  return {
    port: flags.port,
    host: flags.host,
    allowedHosts: flags.allowHost,
    allowsClientTokenAuth: flags.clientTokenAuth,
    behaviour: { issuerFormat: flags.issuer },
    ...(flags.data !== undefined && { dataDirectory: flags.data }),
    ...(flags.endpointUrl !== undefined && { endpointUrl: flags.endpointUrl }),
    ...(flags.trigger !== undefined && { triggerBundle: flags.trigger }),
    ...(!flags.json && {
      logger: { onRequest: (record) => console.log(formatRequest(record, style)) },
    }),
  };
}

function stopOnSignal(cognito: LocalCognito): void {
  const stop = () => {
    // A second signal finds no listener and ends the process at once.
    process.removeListener('SIGINT', stop).removeListener('SIGTERM', stop);
    void run(() => cognito.close());
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
}
