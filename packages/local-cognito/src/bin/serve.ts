import { loadEnvironment } from '@cognito-m2m/environment';
import { startLocalCognito } from '../start-local-cognito.ts';
import type { LocalCognito, LocalCognitoOptions } from '../start-options.ts';
import { formatReach, formatRequest, formatStart } from './format-start.ts';
import { run } from './run.ts';
import type { StartFlags } from './start-flags.ts';
import { createStyle } from './style.ts';

/**
 * Serves one environment until a signal comes.
 *
 * @param built - Settles once the trigger's bundle is there.
 */
export function serve(flags: StartFlags, built: Promise<void>): Promise<void> {
  return run(async () => {
    const environment = await loadEnvironment(
      flags.env,
      flags.environments === undefined ? {} : { directory: flags.environments },
    );
    await built;
    const cognito = await startLocalCognito({ environment, ...toOptions(flags) });
    // First, because whoever reads the announcement may send a signal at once.
    stopOnSignal(cognito);
    announce(cognito, flags);
  });
}

function announce(cognito: LocalCognito, { json, host }: StartFlags): void {
  const { environment } = cognito;
  if (!json) {
    console.log(formatStart(cognito, environment, host, createStyle(process.stdout)));
    return;
  }
  const reach = formatReach(host);
  // Whatever reads the JSON does not read this; the person who started it does.
  if (reach !== undefined) console.error(`Local Cognito at ${cognito.url} is ${reach}.`);
  console.log(JSON.stringify(cognito));
}

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
    logger: {
      ...(!flags.json && { onRequest: (record) => console.log(formatRequest(record, style)) }),
      // The log of the trigger that is built here is known; a line for each token would slow it down.
      ...(flags.trigger !== undefined && {
        onTriggerLog: (text) => process.stderr.write(text),
      }),
    },
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
