import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { type EnvironmentInput, validateEnvironment } from '@cognito-m2m/environment';
import { aClient, anEnvironment, aPool, aTokenClient } from '@cognito-m2m/environment/fixtures';
import {
  type LocalEnvironment,
  startLocalEnvironment,
} from '@cognito-m2m/local-cognito/environment';
import { M2M_BINARY } from '../../support/m2m.ts';
import { repositoryRoot } from '../../support/repository.ts';
import { findClient, requestToken } from '../../support/token.ts';

/** How a command of a page ended. */
export interface PageRun {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A reader's terminal: the environments of the pages on local Cognito, and the programs that pages name. */
export interface PageWorld {
  readonly directory: string;
  /** Runs a command as it is printed. */
  run(command: string): Promise<PageRun>;
  close(): Promise<void>;
}

/** The command of the package, as it is published. */
const LOCAL_COGNITO = join(
  repositoryRoot,
  'packages/local-cognito/dist/package/dist/local-cognito.cjs',
);

/** What the pages call environments. */
const ENVIRONMENTS = ['local', 'dev', 'prod', 'trial', 'prod-us'];

/** What a page says that a reader puts there. */
const PLACEHOLDERS: readonly (readonly [RegExp, string])[] = [
  [/<pool>/g, 'payments'],
  [/<client>/g, 'billing-worker'],
  [/<(?:name|env)>/g, 'local'],
  [/"…"/g, '"a reason"'],
];

/** `m2m` with what a terminal and the usual ports would give it: an answer to its question, and where the servers are. */
const M2M_SCRIPT = `
const { URLS, FOLDER } = JSON.parse(process.env.PAGE_WORLD);
const words = process.argv.slice(2);
const [command = ''] = words;
const isAboutItself = /^(?:contract|completion|complete|-.*)$/.test(command) || words.includes('--help');
if (!isAboutItself) {
  const name = words.includes('--env') ? words[words.indexOf('--env') + 1] : process.env.M2M_ENV;
  if (URLS[name] !== undefined) process.argv.push('--local-url', URLS[name]);
  process.argv.push('--environments', FOLDER);
  if (/^(?:set|unset|rollback|disable|enable|rotate|forget)$/.test(command)) process.argv.push('--yes');
}
await import(${JSON.stringify(M2M_BINARY)});
`;

/** `npx` knows one script and one package here; every other one is run by a suite of its own. */
const NPX_SCRIPT = `#!/bin/sh
if [ "$1 $2 $3" = "-y pnpm@12 m2m" ]; then shift 3; exec m2m "$@"; fi
if [ "$1" = "@cognito-m2m/local-cognito" ]; then shift; exec local-cognito "$@"; fi
echo "npx $*: not a command of this test" >&2
exit 97
`;

/** Starts local Cognito for each environment that the pages name. */
export async function createPageWorld(): Promise<PageWorld> {
  const directory = await mkdtemp(join(tmpdir(), 'm2m-page-'));
  const folder = join(directory, 'infra/environments');
  await mkdir(folder, { recursive: true });
  const servers = new Map<string, LocalEnvironment>();
  for (const name of ENVIRONMENTS) {
    const { server, input } = await serve(name);
    servers.set(name, server);
    await writeFile(join(folder, `${name}.ts`), `export default ${JSON.stringify(input)};\n`);
  }
  const urls = Object.fromEntries([...servers].map(([name, { url }]) => [name, url]));
  const path = await writePrograms(directory);
  await writeFile(join(directory, 'token.txt'), await requestUserToken(servers.get('local')));

  const env = {
    ...process.env,
    PATH: path,
    PAGE_WORLD: JSON.stringify({ URLS: urls, FOLDER: folder }),
    M2M_ENV: 'local',
  };
  return {
    directory,
    run: (command) => runInShell(fillPlaceholders(command), { cwd: directory, env }),
    async close() {
      for (const server of servers.values()) await server.close();
      await rm(directory, { recursive: true });
    },
  };
}

/** Puts in a command what the page leaves to the reader. */
function fillPlaceholders(command: string): string {
  return PLACEHOLDERS.reduce((text, [place, value]) => text.replaceAll(place, value), command);
}

/** Runs a command as a reader's shell does. */
export function runInShell(
  command: string,
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Promise<PageRun> {
  return new Promise((resolve) => {
    execFile('bash', ['-o', 'pipefail', '-c', command], options, (error, stdout, stderr) => {
      resolve({ exitCode: error === null ? 0 : Number(error.code ?? -1), stdout, stderr });
    });
  });
}

/** Writes the programs that the pages name. @returns A `PATH` on which they come first. */
export async function writePrograms(directory: string): Promise<string> {
  const programs = join(directory, 'programs');
  const script = join(programs, 'm2m.mjs');
  await mkdir(programs);
  await writeFile(script, M2M_SCRIPT);
  const start = (file: string) => `#!/bin/sh\nexec "${process.execPath}" "${file}" "$@"\n`;
  const all = { m2m: start(script), 'local-cognito': start(LOCAL_COGNITO), npx: NPX_SCRIPT };
  for (const [name, text] of Object.entries(all)) {
    await writeFile(join(programs, name), text, { mode: 0o755 });
  }
  return [programs, process.env['PATH']].join(delimiter);
}

/** Where the file of `local` says that users sign in: to a pool of its own, on the usual port and not on that of the test. */
const ISSUER = 'http://127.0.0.1:8787/eu-central-1_Local0002';

/** Serves one environment. */
async function serve(
  name: string,
): Promise<{ readonly server: LocalEnvironment; readonly input: EnvironmentInput }> {
  const start = async (clientId: string) => {
    const input = pageEnvironment(name, clientId);
    const environment = validateEnvironment(contract, input);
    return { server: await startLocalEnvironment({ environment, port: 0 }), input };
  };
  const first = await start('a-client-of-users');
  if (name !== 'local') return first;
  const clientId = first.server.pools[1]?.clients[0]?.clientId ?? '';
  await first.server.close();
  return start(clientId);
}

/** A token of a user, as far as the trigger can tell. */
async function requestUserToken(server: LocalEnvironment | undefined): Promise<string> {
  const portal = findClient(server ?? { pools: [] }, 'users', 'staff-portal');
  return (await requestToken(portal)).access_token ?? '';
}

/** The pools and clients that the pages name. */
function pageEnvironment(name: string, clientOfUsers: string): EnvironmentInput {
  const isLocal = name === 'local';
  const staff = { issuer: ISSUER, clientIds: [clientOfUsers], tokenUse: 'access' } as const;
  const payments = aPool({
    ...(isLocal && { tokenIssuers: { staff } }),
    defaults: { claims: { environment: name } },
    clients: {
      'billing-worker': aClient({ claimsByScope: { 'orders/write': { approval_limit: 5000 } } }),
      'stock-sync': aClient({ scopes: ['orders/read'] }),
      ...(isLocal && { 'support-agent': aTokenClient({ scopes: ['orders/read'] }) }),
    },
  });
  const portal = {
    domainPrefix: 'acme-users',
    resourceServers: { portal: { name: 'Staff portal', scopes: { use: 'Use the portal' } } },
    defaults: { claims: { environment: name } },
    clients: { 'staff-portal': { description: 'Signs users in', scopes: ['portal/use'] } },
  };
  return anEnvironment({
    name,
    trigger: { cacheSeconds: 1 },
    pools: { payments, ...(isLocal && { users: portal }) },
  });
}
