import { Agent, type IncomingMessage, request } from 'node:http';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { loadEnvironment } from '@cognito-m2m/environment';
import { FIXTURE_ENVIRONMENTS } from '@cognito-m2m/environment/fixtures';
import {
  type LocalEnvironment,
  startLocalEnvironment,
} from '@cognito-m2m/local-cognito/environment';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { requestToken } from '../support/token.ts';
import { type FuzzRequest, requests } from './request-arbitrary.ts';
import { type Answer, isWellFormed } from './well-formed.ts';

const REQUESTS = 10_000;
const CONNECTIONS = 16;
/** The same requests in every run; a new seed finds new ones. */
const SEED = 20260923;
/** Longer than any answer takes on a busy machine. */
const ANSWER_MS = 20_000;

let local: LocalEnvironment;
const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
beforeAll(async () => {
  const environment = await loadEnvironment('local', { contract, directory: FIXTURE_ENVIRONMENTS });
  local = await startLocalEnvironment({ environment, allowsClientTokenAuth: true });
});
afterAll(async () => {
  agent.destroy();
  await local.close();
});

test(`${REQUESTS} strange requests each get a well-formed answer`, async () => {
  const [pool] = local.pools;
  const [client] = pool?.clients ?? [];
  if (!pool || !client) throw new Error('The environment is empty.');
  const { userPoolId } = pool;
  const known = { poolName: pool.name, userPoolId, ...client };
  const queue = fc.sample(requests(known), { seed: SEED, numRuns: REQUESTS });
  const faults: string[] = [];
  const statuses = new Map<number, number>();

  const work = async () => {
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      const answer = await send(next);
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      if (!isWellFormed(next, answer))
        faults.push(`${next.method} ${next.path}: ${answer.status} ${answer.text}`);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, work));

  expect(faults).toEqual([]);
  // The fuzz is worth little if it never gets through.
  expect(statuses.get(200)).toBeGreaterThan(REQUESTS / 100);
  expect(statuses.get(400)).toBeGreaterThan(REQUESTS / 10);
}, 300_000);

test('the server issues a token after all of them', async () => {
  const [pool] = local.pools;
  const [client] = pool?.clients ?? [];
  if (!pool || !client) throw new Error('The environment is empty.');

  const { status } = await requestToken({ ...client, pool });

  expect(status).toBe(200);
});

function send({ method, path, headers, body }: FuzzRequest): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(local.url);
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
