import { mkdir } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import dynalite from 'dynalite';
import { LocalCognitoError } from '../model/errors.ts';
import { createOriginGuard } from '../net/origin-guard.ts';
import { FOLDER_MODE } from '../state/data-lock.ts';

/** Longer than any answer of a table in memory takes. */
const DRAIN_TIMEOUT_MS = 2_000;
const DRAIN_INTERVAL_MS = 5;

/** A running embedded DynamoDB. */
export interface EmbeddedDynamoDb {
  /** Its address on loopback. */
  readonly endpoint: string;
  close(): Promise<void>;
}

/**
 * Starts dynalite on loopback.
 *
 * @param dataDirectory - Where tables are kept. @default memory
 * @param port - 0 for any free one.
 * @throws {LocalCognitoError} `ERR_LOCAL_PORT_IN_USE` or `ERR_LOCAL_LISTEN`.
 */
export async function startEmbeddedDynamoDb(
  dataDirectory?: string,
  port = 0,
): Promise<EmbeddedDynamoDb> {
  const path = dataDirectory && join(dataDirectory, 'dynamodb');
  if (path !== undefined) await mkdir(path, { recursive: true, mode: FOLDER_MODE });
  const server = dynalite({ createTableMs: 0, ...(path !== undefined && { path }) });
  const answering = new Set<ServerResponse>();
  guardRequests(server, answering);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => reject(notStarted(cause, port)));
    server.listen(port, '127.0.0.1', resolve);
  });
  const { port: actualPort } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${actualPort}`,
    close: async () => {
      await drain(answering);
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

// dynalite lets every web page in by CORS headers; no page has business with this table, by whatever name it calls it.
function guardRequests(server: ReturnType<typeof dynalite>, answering: Set<ServerResponse>): void {
  const isOwn = createOriginGuard([]);
  const [handle] = server.listeners('request');
  server.removeAllListeners('request');
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const { headers } = request;
    if (headers.origin !== undefined || !isOwn(headers)) return response.writeHead(403).end();
    answering.add(response);
    // A caller that hangs up does not stop dynalite, which still reads for a while.
    response.once('close', () => {
      if (response.writableEnded) answering.delete(response);
      else setTimeout(() => answering.delete(response), DRAIN_TIMEOUT_MS).unref();
    });
    return handle?.call(server, request, response);
  });
}

/** dynalite reads its database at its own pace and crashes the process if that is closed under it. */
async function drain(answering: ReadonlySet<ServerResponse>): Promise<void> {
  const attempts = DRAIN_TIMEOUT_MS / DRAIN_INTERVAL_MS;
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    if ([...answering].every((response) => response.writableEnded)) return;
    await sleep(DRAIN_INTERVAL_MS);
  }
}

function notStarted(cause: Error & { code?: string }, port: number): LocalCognitoError {
  if (cause.code === 'EADDRINUSE') {
    const message = `Port ${port} on 127.0.0.1 is in use. Choose another one with --dynamodb-port, or leave it out for any free one.`;
    return new LocalCognitoError('ERR_LOCAL_PORT_IN_USE', message, { cause });
  }
  const message = `The embedded DynamoDB did not start: ${cause.message}`;
  return new LocalCognitoError('ERR_LOCAL_LISTEN', message, { cause });
}
