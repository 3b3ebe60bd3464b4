import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent, type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { loadEnvironment } from '@cognito-m2m/environment';
import { FIXTURE_ENVIRONMENTS } from '@cognito-m2m/environment/fixtures';
import {
  type LocalEnvironment,
  startLocalEnvironment,
} from '@cognito-m2m/local-cognito/environment';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { startProgram } from '../local-package/installed-package.ts';
import { repositoryRoot } from '../support/repository.ts';
import { startServer } from '../support/server.ts';
import { requestToken } from '../support/token.ts';
import { type FuzzRequest, requests } from './request-arbitrary.ts';
import { type Answer, isWellFormed } from './well-formed.ts';

const CONNECTIONS = 16;
/** The same requests in every run; a new seed finds new ones. */
const SEED = 20260923;
/** Longer than any answer takes on a busy machine. */
const ANSWER_MS = 20_000;

/** A server under fuzz. */
interface Target {
  readonly cognito: Pick<LocalEnvironment, 'url' | 'pools'>;
  close(): Promise<unknown>;
}

const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
afterAll(() => agent.destroy());

describe.each([
  ['an environment file', 10_000, startEnvironment],
  ['a configuration file, with a trigger behind the Invoke API', 5_000, startConfigured],
] as const)('local Cognito for %s', (_name, count, start) => {
  let target: Target;
  beforeAll(async () => {
    target = await start();
  }, 120_000);
  afterAll(() => target.close());

  test(`${count} strange requests each get a well-formed answer`, async () => {
    const { userPoolId, name: poolName, ...client } = clientOf(target);
    const known = { poolName, userPoolId, ...client };
    const queue = fc.sample(requests(known), { seed: SEED, numRuns: count });
    const faults: string[] = [];
    const statuses = new Map<number, number>();

    const work = async () => {
      for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
        const answer = await send(target, next);
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
        if (!isWellFormed(next, answer))
          faults.push(`${next.method} ${next.path}: ${answer.status} ${answer.text}`);
      }
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, work));

    expect(faults).toEqual([]);
    // The fuzz is worth little if it never gets through.
    expect(statuses.get(200)).toBeGreaterThan(count / 100);
    expect(statuses.get(400)).toBeGreaterThan(count / 10);
  }, 300_000);

  test('a token is issued after all of them', async () => {
    const [pool] = target.cognito.pools;
    const [client] = pool?.clients ?? [];
    if (!pool || !client) throw new Error('The server has no client.');

    const { status } = await requestToken({ ...client, pool });

    expect(status).toBe(200);
  });
});

async function startEnvironment(): Promise<Target> {
  const environment = await loadEnvironment('local', { contract, directory: FIXTURE_ENVIRONMENTS });
  const cognito = await startLocalEnvironment({ environment, allowsClientTokenAuth: true });
  return { cognito, close: cognito.close };
}

/** The packed command, as another team runs it. */
async function startConfigured(): Promise<Target> {
  const directory = await mkdtemp(join(tmpdir(), 'fuzz-'));
  const trigger = await startServer(async (request, response) => {
    const event = JSON.parse(await text(request));
    const accessTokenGeneration = { claimsToAddOrOverride: { tier: 'gold' } };
    event.response = { claimsAndScopeOverrideDetails: { accessTokenGeneration } };
    response.end(JSON.stringify(event));
  });
  const config = {
    port: 0,
    allowedHosts: ['cognito'],
    trigger: { endpoint: trigger.url },
    pools: {
      orders: {
        domain: 'acme-orders',
        registration: { open: true, openGrantTypes: ['client_credentials'] },
        clients: {
          worker: { scopes: ['orders/read', 'orders/write'], allowsClientTokenAuth: true },
        },
      },
    },
  };
  await writeFile(join(directory, 'cognito.json'), JSON.stringify(config));
  const bundle = 'packages/local-cognito/dist/package/dist/local-cognito.cjs';
  const program = await startProgram({ directory }, process.execPath, [
    ...[join(repositoryRoot, bundle), '--json', '--config', 'cognito.json', '--port=0'],
  ]);
  return {
    cognito: JSON.parse(program.firstLine),
    async close() {
      const exitCode = await program.stop();
      await trigger.close();
      await rm(directory, { recursive: true });
      expect(exitCode).toBe(0);
    },
  };
}

function clientOf({ cognito: { pools } }: Target) {
  const [pool] = pools;
  const [client] = pool?.clients ?? [];
  if (!pool || !client) throw new Error('The server has no client.');
  const { clientId, clientSecret } = client;
  return { clientId, clientSecret, userPoolId: pool.userPoolId, name: pool.name };
}

function send(
  { cognito: { url } }: Target,
  { method, path, headers, body }: FuzzRequest,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    // Node's client leaves the length out for some methods, and the body would look like the next request.
    const framing =
      'transfer-encoding' in headers ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const call = request({
      ...{ agent, hostname, port, method, path, timeout: ANSWER_MS },
      headers: { ...framing, ...headers },
    });
    const finish = async (response: IncomingMessage, rest: Readable, head = '') => {
      resolve({ status: response.statusCode ?? 0, text: head + (await text(rest)) });
    };
    call.on('timeout', () => call.destroy(new Error(`${method} ${path}: no answer`)));
    call.on('error', (error: NodeJS.ErrnoException) => {
      // A body over the limit, or one that did not wait for the answer to an expectation: the server has answered and closed
      // while this client was still sending.
      const isCutOff = error.code === 'EPIPE' || error.code === 'ECONNRESET';
      if (isCutOff && (body.length > 60_000 || 'expect' in headers))
        resolve({ status: 413, text: CUT_OFF });
      else reject(error);
    });
    call.on('response', (response) => finish(response, response).catch(reject));
    call.on('connect', (response, socket, head) =>
      finish(response, socket, String(head)).catch(reject),
    );
    call.end(body);
  });
}

const CUT_OFF = '{"error":"invalid_request"}';
