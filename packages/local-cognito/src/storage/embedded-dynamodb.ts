import { mkdir } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import dynalite from 'dynalite';
import { LocalCognitoError } from '../errors.ts';

/** A running embedded DynamoDB. */
export interface EmbeddedDynamoDb {
  /** Its address on loopback. */
  readonly endpoint: string;
  close(): Promise<void>;
}

/**
 * Starts dynalite on a free loopback port.
 *
 * @param dataDirectory - Where tables are kept. @default memory
 */
export async function startEmbeddedDynamoDb(dataDirectory?: string): Promise<EmbeddedDynamoDb> {
  const path = dataDirectory && join(dataDirectory, 'dynamodb');
  if (path !== undefined) await mkdir(path, { recursive: true });
  const server = dynalite({ createTableMs: 0, ...(path !== undefined && { path }) });
  refuseBrowsers(server);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => reject(notStarted(cause)));
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

// dynalite lets every web page in by CORS headers; no page has business with this table.
function refuseBrowsers(server: ReturnType<typeof dynalite>): void {
  const [handle] = server.listeners('request');
  server.removeAllListeners('request');
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (request.headers.origin === undefined) return handle?.call(server, request, response);
    return response.writeHead(403).end();
  });
}

function notStarted(cause: Error): LocalCognitoError {
  const message = `The embedded DynamoDB did not start: ${cause.message}`;
  return new LocalCognitoError('ERR_LOCAL_LISTEN', message, { cause });
}
