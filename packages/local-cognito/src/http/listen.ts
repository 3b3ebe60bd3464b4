import { once } from 'node:events';
import type { Server } from 'node:http';
import { createServer, type Server as NetServer } from 'node:net';
import { LocalCognitoError } from '../model/errors.ts';
import type { App } from './create-app.ts';

/**
 * Makes the app listen; on 127.0.0.1 it listens on ::1 too, where the machine has it, because clients try either for `localhost`.
 *
 * @param port - 0 for any free one.
 * @returns The host and port that clients use.
 * @throws {LocalCognitoError} `ERR_LOCAL_PORT_IN_USE` or `ERR_LOCAL_LISTEN`.
 */
export async function listen(app: App, host: string, port: number): Promise<string> {
  await app.fastify.listen({ host, port }).catch((cause: Error & { code?: string }) => {
    throw cause.code === 'EADDRINUSE' ? portInUse(host, port, cause) : notListening(host, cause);
  });
  const actualPort = portOf(app.fastify.server);
  if (host === '127.0.0.1') await tryToListen(app.createTwin(), '::1', actualPort);
  return `${toUrlHost(host)}:${actualPort}`;
}

/** The port of a server whose command names none. */
export const DEFAULT_PORT = 8787;

/** A port that nobody else takes until the server listens there. */
interface HeldPort {
  readonly port: number;
  /** What clients use: the host and the port. */
  readonly authority: string;
  /** Frees the port, just before the server listens. */
  release(): Promise<void>;
}

/** Holds the port of a server whose address has to be known before it can answer. @param port - 0 for any free one. */
export async function holdPort(host: string, port: number): Promise<HeldPort> {
  const holder = createServer((socket) => socket.destroy());
  const held =
    port === 0
      ? await listenAt(holder, host, 0).catch((cause) => Promise.reject(notListening(host, cause)))
      : port;
  return {
    port: held,
    authority: `${toUrlHost(host)}:${held}`,
    release: () => new Promise((resolve) => holder.close(() => resolve())),
  };
}

/** Makes a server listen. @returns Its port. */
export async function listenAt(server: NetServer, host: string, port: number): Promise<number> {
  server.listen({ host, port });
  await once(server, 'listening');
  return portOf(server);
}

function portOf(server: NetServer): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** A machine without IPv6, or one where another program has the port, does without. */
function tryToListen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve) => {
    server.once('error', () => resolve());
    server.listen({ host, port }, resolve);
  });
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
