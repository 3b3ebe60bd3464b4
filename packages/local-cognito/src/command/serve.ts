import type { Contract } from '@cognito-m2m/claim-schema';
import { loadEnvironment } from '@cognito-m2m/environment';
import type { RequestRecord } from '../model/journal.ts';
import { startLocalCognito } from '../start-local-cognito.ts';
import type {
  LocalClient,
  LocalCognito,
  LocalCognitoOptions,
  LocalPool,
} from '../start-options.ts';
import { createStyle, run, type Style } from './run.ts';
import type { StartFlags } from './start-flags.ts';

const LOOPBACK_HOSTS: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '::1']);

/** Describes a running server for people. @param host - The address it was told to listen on. */
function formatStart(
  cognito: LocalCognito,
  environmentName: string,
  host: string,
  style: Style,
): string {
  const others = formatReach(host);
  const reach = others === undefined ? 'on this machine only' : style.bad(others);
  return [
    `${style.bold(`Local Cognito for environment ${environmentName}`)}: ${cognito.url} (${reach}). Ctrl-C stops it.`,
    '',
    ...cognito.pools.flatMap((pool) => [...formatPool(pool, style), '']),
    `Claims table ${cognito.tableName} at ${cognito.dynamoDbEndpoint}`,
    '',
    style.bold('Ask for a token:'),
    `  ${formatCurl(cognito.pools)}`,
    '',
  ].join('\n');
}

/** Which other machines can reach a server that listens on `host`; `undefined` for none. */
function formatReach(host: string): string | undefined {
  return LOOPBACK_HOSTS.has(host) ? undefined : `open to every machine that reaches ${host}`;
}

/** One line about one answered request. */
function formatRequest(record: RequestRecord, style: Style): string {
  const { at, status, via, poolName = '', clientName = 'unknown client', durationMs } = record;
  const isIssued = status === 200;
  const outcome = isIssued
    ? `${record.customClaims?.length ?? 0} claims from the trigger`
    : `${record.error}: ${record.reason}`;
  const code = isIssued ? style.good(String(status)) : style.bad(String(status));
  return `${style.dim(at.slice(11, 19))} ${code} ${via} ${poolName}/${clientName} ${outcome} ${style.dim(`${durationMs} ms`)}`;
}

function formatPool(pool: LocalPool, style: Style): string[] {
  return [
    style.bold(`Pool ${pool.name} (${pool.userPoolId})`),
    `  issuer          ${pool.issuer}`,
    `  token endpoint  ${pool.tokenEndpoint}`,
    `  key set         ${pool.jwksUri}`,
    ...formatClients(pool.clients),
  ];
}

function formatClients(clients: readonly LocalClient[]): string[] {
  const width = Math.max(...clients.map(({ name }) => name.length), 'client'.length);
  const heading = `  ${'client'.padEnd(width)}  ${'client id'.padEnd(26)}  client secret`;
  const rows = clients.map(
    ({ name, clientId, clientSecret }) => `  ${name.padEnd(width)}  ${clientId}  ${clientSecret}`,
  );
  return [heading, ...rows];
}

function formatCurl(pools: readonly LocalPool[]): string {
  const pool = pools[0];
  const client = pool?.clients[0];
  if (pool === undefined || client === undefined) return '(this environment has no client)';
  const body = `grant_type=client_credentials&client_id=${client.clientId}&client_secret=${client.clientSecret}`;
  return `curl -X POST -H "Content-Type: application/x-www-form-urlencoded" -d "${body}" ${pool.tokenEndpoint}`;
}

/**
 * Serves one environment until a signal comes.
 *
 * @param built - Settles once the trigger's bundle is there.
 */
export function serve(flags: StartFlags, contract: Contract, built: Promise<void>): Promise<void> {
  return run(async () => {
    const environment = await loadEnvironment(flags.env, {
      contract,
      ...(flags.environments !== undefined && { directory: flags.environments }),
    });
    await built;
    const cognito = await startLocalCognito({ environment, contract, ...toOptions(flags) });
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
