import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { LocalCognito } from '@cognito-m2m/local-cognito';
import { startServer } from '../support/server.ts';
import { answerTrigger } from './local-cases.ts';

/** A server under load, in a process of its own. */
export interface Door {
  readonly name: string;
  readonly child: ChildProcess;
  readonly cognito: Pick<LocalCognito, 'pools' | 'url'>;
  /** Where tokens are asked for. */
  readonly tokenEndpoint: string;
  /** What it wrote to its standard error. */
  errors(): string;
  /** Frees what the server needed, once it has ended. */
  close(): Promise<void>;
}

/** Local Cognito for an environment file, with the production trigger over a claims table. */
export async function openEnvironment(): Promise<Door> {
  const opened = await open([
    toPath('../../packages/local-cognito/bin/start.cjs'),
    ...['--json', '--port=0', '--env=soak', '--environments', toPath('./environments')],
  ]);
  const [pool] = opened.cognito.pools;
  return {
    ...opened,
    name: 'an environment file, the endpoint of its pool',
    tokenEndpoint: pool?.tokenEndpoint ?? '',
    close: async () => undefined,
  };
}

/** The packed command for a configuration file, with a trigger behind the Lambda Invoke API. */
export async function openPackage(): Promise<Door> {
  const directory = await mkdtemp(join(tmpdir(), 'soak-'));
  const config = join(directory, 'cognito.json');
  // The trigger knows the clients by the ids that are given to them here.
  const clients = {
    writer: { clientId: 'writer', scopes: ['orders/read', 'orders/write'] },
    tenant: { clientId: 'tenant', scopes: ['orders/read'] },
    plain: { clientId: 'plain', scopes: ['orders/write'] },
  };
  await writeFile(config, JSON.stringify({ pools: { payments: { clients } } }));
  const trigger = await startServer(async (request, response) => {
    const { failed, answer } = answerTrigger(JSON.parse(await text(request)));
    if (failed) response.setHeader('x-amz-function-error', 'Unhandled');
    response.end(JSON.stringify(answer));
  });
  const opened = await open([
    toPath('../../packages/local-cognito/dist/package/dist/local-cognito.cjs'),
    ...['--json', '--port=0', '--config', config, '--trigger-endpoint', trigger.url],
  ]);
  return {
    ...opened,
    name: 'the package with a configuration file and a trigger endpoint, the endpoint of all pools',
    tokenEndpoint: `${opened.cognito.url}/oauth2/token`,
    async close() {
      await trigger.close();
      await rm(directory, { recursive: true });
    },
  };
}

async function open(args: readonly string[]) {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    errors += chunk;
  });
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith('{')) continue;
    const cognito = JSON.parse(line) as Door['cognito'];
    return { child, cognito, errors: () => errors };
  }
  throw new Error(`The server ended before it listened: ${errors}`);
}

function toPath(file: string): string {
  return fileURLToPath(new URL(file, import.meta.url));
}
