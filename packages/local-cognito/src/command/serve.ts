import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { propertyOf } from '@cognito-m2m/claim-schema/values';
import { describeRefusal, type RequestRecord } from '../model/journal.ts';
import type { LocalClient, LocalCognito, LocalCognitoLogger, LocalPool } from '../start-options.ts';
import type { ServerFlags } from './flags.ts';
import { createStyle, run, type Style } from './run.ts';

const LOOPBACK_HOSTS: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '::1']);

/** More clients than this are counted; the inspector page lists them. */
const SHOWN_CLIENTS = 20;

/** A start that takes longer than this shows that it goes on. */
const PROGRESS_AFTER_MS = 1_000;

/** What is served, for the announcement. */
interface Announced {
  /** What is served, such as `environment dev`. */
  readonly title: string;
  /** More lines, such as where the claims table is. */
  readonly notes: readonly string[];
}

/**
 * Starts a server, announces it and runs it until it should end.
 *
 * @param start - Starts the server; its announcement comes with it.
 */
export async function serve(
  flags: Pick<ServerFlags, 'json' | 'host' | 'measured'>,
  start: () => Promise<{ readonly cognito: LocalCognito; readonly announced: Announced }>,
): Promise<void> {
  ignoreClosedOutput();
  const progress = showProgress(process.stderr);
  // At once: a wrapper that ends while the server starts would not be found any more.
  const wrappers =
    process.env['npm_config_user_agent'] === undefined ? [] : findWrappers(process.ppid);
  const { cognito, announced } = await start().finally(progress.end);
  // First, because whoever reads the announcement may send a signal at once.
  onStop(await wrappers, () => void run(() => cognito.close()));
  const { json, host = '127.0.0.1', measured } = flags;
  for (const note of measured?.notes ?? []) console.error(`${note} The default stays.`);
  const reach = formatReach(host);
  if (!json) {
    console.log(formatStart(cognito, announced, host, createStyle(process.stdout)));
    return;
  }
  // Whatever reads the JSON does not read this; the person who started it does.
  if (reach !== undefined) console.error(`Local Cognito at ${cognito.url} is ${reach}.`);
  console.log(JSON.stringify(cognito));
}

/** Prints requests, and the log of a trigger that is not the product's own. */
export function createLogger(
  { json }: Pick<ServerFlags, 'json'>,
  showsTriggerLog: boolean,
): LocalCognitoLogger {
  const style = createStyle(process.stdout);
  const logger: { -readonly [N in keyof LocalCognitoLogger]: LocalCognitoLogger[N] } = {};
  if (!json) logger.onRequest = (record) => console.log(formatRequest(record, style));
  if (showsTriggerLog) logger.onTriggerLog = (text) => process.stderr.write(text);
  return logger;
}

/** Shows on a terminal how long a start takes. */
function showProgress(stream: NodeJS.WriteStream) {
  if (!stream.isTTY || process.env['TERM'] === 'dumb') return { end: () => undefined };
  const startedAt = Date.now();
  const timer = setInterval(() => {
    const seconds = Math.round((Date.now() - startedAt) / 1000);
    stream.write(`\rStarting local Cognito … ${seconds} s`);
  }, PROGRESS_AFTER_MS);
  return {
    end: () => {
      clearInterval(timer);
      if (Date.now() - startedAt >= PROGRESS_AFTER_MS) stream.write(`\r${' '.repeat(40)}\r`);
    },
  };
}

/** Describes a running server for people; its address is in the last lines, where a long list does not push it away. */
function formatStart(
  cognito: LocalCognito,
  { title, notes }: Announced,
  host: string,
  style: Style,
): string {
  const others = formatReach(host);
  const reach = others === undefined ? 'on this machine only' : style.bad(others);
  const { caFile } = cognito;
  return [
    ...cognito.pools.flatMap((pool) => [...formatPool(pool, style), '']),
    ...notes,
    ...(caFile === undefined ? [] : [`Certificate authority ${caFile}`]),
    style.bold('Ask for a token:'),
    `  ${formatCurl(cognito)}`,
    '',
    `${style.bold(`Local Cognito for ${title}`)}: ${cognito.url} (${reach}). Press Ctrl-C to stop.`,
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
  const count = record.customClaims?.length ?? 0;
  const outcome = isIssued
    ? `${count} ${count === 1 ? 'claim' : 'claims'} from the trigger`
    : describeRefusal(record);
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
  const shown = clients.slice(0, SHOWN_CLIENTS);
  const width = Math.max(...shown.map(({ name }) => name.length), 'client'.length);
  const idWidth = Math.max(...shown.map(({ clientId }) => clientId.length), 'client id'.length);
  const heading = `  ${'client'.padEnd(width)}  ${'client id'.padEnd(idWidth)}  client secret`;
  const rows = shown.map(
    ({ name, clientId, clientSecret }) =>
      `  ${name.padEnd(width)}  ${clientId.padEnd(idWidth)}  ${clientSecret}`,
  );
  const hidden = clients.length - shown.length;
  const rest = `  … and ${hidden.toLocaleString('en-US')} more: see the inspector page, or --json`;
  return hidden > 0 ? [heading, ...rows, rest] : [heading, ...rows];
}

function formatCurl({ pools, caFile }: LocalCognito): string {
  const pool = pools.find(({ clients }) => clients.length > 0);
  const client = pool?.clients[0];
  if (pool === undefined || client === undefined) return '(there is no client)';
  const body = `grant_type=client_credentials&client_id=${encodeURIComponent(client.clientId)}&client_secret=${encodeURIComponent(client.clientSecret)}`;
  const authority = caFile === undefined ? '' : `--cacert ${caFile} `;
  return `curl -X POST ${authority}-H "Content-Type: application/x-www-form-urlencoded" -d "${body}" ${pool.tokenEndpoint}`;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** How often the wrappers that started this process are looked at. */
const WATCH_MS = 500;

/**
 * Calls `stop` once when the process should end: at a signal, or when npx, npm or pnpm that started it has ended. Those do not pass
 * every signal on, and the server would keep its port.
 *
 * A second signal ends the process at once.
 */
function onStop(wrappers: readonly number[], stop: () => void): void {
  let timer: NodeJS.Timeout | undefined;
  const stopOnce = () => {
    clearInterval(timer);
    for (const signal of SIGNALS) process.removeListener(signal, stopOnce);
    stop();
  };
  for (const signal of SIGNALS) process.on(signal, stopOnce);
  if (wrappers.length === 0) return;
  timer = setInterval(() => {
    if (!wrappers.every(isAlive)) stopOnce();
  }, WATCH_MS);
  timer.unref();
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of another user is alive too.
    return propertyOf(error, 'code') === 'EPERM';
  }
}

/** Goes on when whoever reads the output has gone: `start | head -1` must not end the server. */
function ignoreClosedOutput(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
}

/** Names of the programs that run a package's command and may end without telling it. */
const WRAPPER =
  /(?:^|[\s/])(?:npm|npx|pnpm|pnpx|yarn|yarnpkg|bunx?)(?:-cli)?(?:\.[cm]?js)?(?:\s|$)/;

/** A process of this machine: the one that started it, and its command line. */
interface ProcessEntry {
  readonly parent: number;
  readonly command: string;
}

/** Reads a process; parent 0 and no command if there is none, or the system does not say. */
type ReadProcess = (pid: number) => Promise<ProcessEntry>;

/**
 * Finds the processes above this one up to the last package manager; none where the system does not say.
 *
 * @param read - Reads a process. @default the way of this system
 */
export async function findWrappers(
  parent: number,
  read: ReadProcess = process.platform === 'linux' ? readFromProc : readFromPs,
): Promise<number[]> {
  const chain: number[] = [];
  let count = 0;
  for (let pid = parent; pid > 1; ) {
    const entry = await read(pid);
    chain.push(pid);
    if (WRAPPER.test(entry.command)) count = chain.length;
    pid = entry.parent;
  }
  return chain.slice(0, count);
}

/** Linux, also in a container that has no `ps`. */
export const readFromProc: ReadProcess = async (pid) => {
  const [status, commandLine] = await Promise.all(
    ['status', 'cmdline'].map((file) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')),
  );
  const parent = Number(/^PPid:\s+(\d+)$/m.exec(status ?? '')?.[1] ?? 0);
  return { parent, command: (commandLine ?? '').replaceAll('\0', ' ') };
};

/** macOS and every other POSIX system. */
export const readFromPs: ReadProcess = async (pid) => {
  const args = ['-o', 'ppid=', '-o', 'command=', '-p', `${pid}`];
  const { stdout } = await promisify(execFile)('ps', args).catch(() => ({ stdout: '' }));
  const [, parent = '0', command = ''] = /^\s*(\d+)\s+(.*)$/m.exec(stdout) ?? [];
  return { parent: Number(parent), command };
};
