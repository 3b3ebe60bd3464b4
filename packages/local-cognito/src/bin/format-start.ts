import type { RequestRecord } from '../journal.ts';
import type { LocalClient, LocalCognito, LocalPool } from '../start-options.ts';
import type { Style } from './style.ts';

const LOOPBACK_HOSTS: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '::1']);

/** Describes a running server for people. @param host - The address it was told to listen on. */
export function formatStart(
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

/** Who beside this machine reaches a server that listens on `host`; `undefined` for nobody. */
export function formatReach(host: string): string | undefined {
  return LOOPBACK_HOSTS.has(host) ? undefined : `open to every machine that reaches ${host}`;
}

/** One line about one answered request. */
export function formatRequest(record: RequestRecord, style: Style): string {
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
