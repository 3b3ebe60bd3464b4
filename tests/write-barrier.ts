import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { forwardRequest } from './forward-request.ts';

/** Stands before a DynamoDB so that two writers meet: neither can write before both have read. */
export interface WriteBarrier {
  /** The address that stands for the table's. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Holds the first two `PutItem` requests until both have arrived, then passes them on one after the other; all others
 * pass at once.
 *
 * @param upstream - The address of the DynamoDB.
 */
export async function createWriteBarrier(upstream: string): Promise<WriteBarrier> {
  const held: (() => void)[] = [];
  let isOpen = false;
  const meet = () =>
    new Promise<void>((pass) => {
      held.push(pass);
      isOpen = held.length === 2;
      if (isOpen) for (const release of held) release();
    });
  let turn: Promise<unknown> = Promise.resolve();
  const server = createServer(async (request, response) => {
    if (isWrite(request) && !isOpen) await meet();
    const answered = turn.then(() => forwardRequest(upstream, request));
    turn = answered.catch(() => {});
    const { status, headers, body } = await answered;
    response.writeHead(status, Object.fromEntries(headers)).end(body);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

function isWrite({ headers }: IncomingMessage): boolean {
  return String(headers['x-amz-target']).endsWith('.PutItem');
}
