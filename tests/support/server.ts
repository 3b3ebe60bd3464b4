import type { IncomingMessage, RequestListener } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** A server of a test, on a free loopback port. */
export interface TestServer {
  /** Such as `http://127.0.0.1:40321`. */
  readonly url: string;
  /** Ends the server and its connections. */
  close(): Promise<void>;
}

/** Starts an HTTP server on a free loopback port. */
export async function startServer(listener: RequestListener): Promise<TestServer> {
  const server = createServer(listener);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

/** Headers that belong to one connection. */
const HOP_HEADERS = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'expect',
]);

/** What a server answered. */
export interface ForwardedAnswer {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
}

/** Passes a request on to a server. @param upstream - Its address, such as `http://127.0.0.1:5000`. */
export async function forwardRequest(
  upstream: string,
  request: IncomingMessage,
): Promise<ForwardedAnswer> {
  const headers = Object.entries(request.headers).filter(([name]) => !HOP_HEADERS.has(name));
  const sent = request.method === 'POST' ? { body: await buffer(request) } : {};
  const response = await fetch(new URL(request.url ?? '/', upstream), {
    method: request.method ?? 'GET',
    headers: headers.map(([name, value]): [string, string] => [name, String(value)]),
    ...sent,
  });
  const body = Buffer.from(await response.arrayBuffer());
  const kept = [...response.headers].filter(
    ([name]) => !HOP_HEADERS.has(name) && name !== 'content-encoding',
  );
  return { status: response.status, headers: kept, body };
}
