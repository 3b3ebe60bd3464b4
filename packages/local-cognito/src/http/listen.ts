import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { LocalCognitoError } from '../model/errors.ts';

/**
 * Makes the app listen.
 *
 * @param port - 0 for any free one.
 * @returns The server's address as a URL without a slash at its end.
 * @throws {LocalCognitoError} `ERR_LOCAL_PORT_IN_USE` or `ERR_LOCAL_LISTEN`.
 */
export async function listen(app: FastifyInstance, host: string, port: number): Promise<string> {
  await app.listen({ host, port }).catch((cause: Error & { code?: string }) => {
    throw cause.code === 'EADDRINUSE' ? portInUse(host, port, cause) : notListening(host, cause);
  });
  const { port: actualPort } = app.server.address() as AddressInfo;
  return `http://${toUrlHost(host)}:${actualPort}`;
}

// Clients cannot call a wildcard address.
function toUrlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

function portInUse(host: string, port: number, cause: Error): LocalCognitoError {
  const message = `Port ${port} on ${host} is in use. Choose another one with --port, or any free one with --port 0.`;
  return new LocalCognitoError('ERR_LOCAL_PORT_IN_USE', message, { cause });
}

function notListening(host: string, cause: Error): LocalCognitoError {
  const message = `Cannot listen on ${host}: ${cause.message}`;
  return new LocalCognitoError('ERR_LOCAL_LISTEN', message, { cause });
}
