import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { errorBody, type Fault, isSkewed } from './faults.ts';

/** A DynamoDB endpoint that breaks on demand. */
export interface FaultyProxy {
  readonly endpointUrl: string;
  /** Breaks every request from now on; `undefined` ends it. A function is asked again for each request. */
  setFault(fault: Fault | undefined | (() => Fault | undefined)): Promise<void>;
  close(): Promise<void>;
}

/** Starts a proxy in front of a DynamoDB endpoint, on a free port of loopback. */
export async function startFaultyProxy(targetUrl: string): Promise<FaultyProxy> {
  let nextFault: () => Fault | undefined = () => undefined;
  const server = createServer((incoming, outgoing) => {
    answer(targetUrl, incoming, outgoing, nextFault()).catch(() => outgoing.destroy());
  });
  const listen = (port: number) =>
    new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening));
  const stop = () => {
    const stopped = new Promise((closed) => server.close(closed));
    server.closeAllConnections();
    return stopped;
  };
  await listen(0);
  const { port } = server.address() as AddressInfo;

  return {
    endpointUrl: `http://127.0.0.1:${port}`,
    async setFault(fault) {
      nextFault = typeof fault === 'function' ? fault : () => fault;
      const isRefusing = typeof fault === 'object' && fault.kind === 'refuse';
      if (isRefusing && server.listening) await stop();
      if (!isRefusing && !server.listening) await listen(port);
    },
    async close() {
      if (server.listening) await stop();
    },
  };
}

async function answer(
  targetUrl: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  fault: Fault | undefined,
): Promise<void> {
  const body = await buffer(incoming);
  if (fault?.kind === 'hang') return;
  if (fault?.kind === 'body') return void outgoing.end(fault.text);
  if (fault?.kind === 'error') return refuse(outgoing, fault);
  if (fault?.kind === 'clock-check' && isSkewed(incoming.headers['x-amz-date'])) {
    return refuse(outgoing, { status: 400, type: 'InvalidSignatureException' });
  }
  const { status, headers, text } = await forward(targetUrl, incoming, body);
  const half = text.slice(0, text.length / 2);
  if (fault?.kind === 'truncate') return void outgoing.end(half);
  if (fault?.kind === 'slow') await new Promise((passed) => setTimeout(passed, fault.ms));
  outgoing.writeHead(status, headers);
  if (fault?.kind === 'reset') {
    return void outgoing.write(half, () => outgoing.socket?.resetAndDestroy());
  }
  if (fault?.kind === 'hang-in-body') return void outgoing.write(half);
  outgoing.end(text);
}

function refuse(
  outgoing: ServerResponse,
  { status, type, message }: Omit<Extract<Fault, { kind: 'error' }>, 'kind'>,
): void {
  outgoing.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
  outgoing.end(errorBody(type, message));
}

interface Forwarded {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly text: Buffer;
}

function forward(targetUrl: string, incoming: IncomingMessage, body: Buffer): Promise<Forwarded> {
  const { method = 'POST', url = '/', headers } = incoming;
  return new Promise((resolve, reject) => {
    const outbound = request(new URL(url, targetUrl), { method, headers }, async (response) => {
      try {
        const text = await buffer(response);
        resolve({ status: response.statusCode ?? 500, headers: response.headers, text });
      } catch (error) {
        reject(error);
      }
    });
    outbound.on('error', reject).end(body);
  });
}
