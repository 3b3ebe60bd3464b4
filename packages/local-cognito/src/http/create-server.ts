import {
  createServer as createPlainServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Duplex } from 'node:stream';
import { ANSWER_HEADERS, type OAuthError, sendRefusal } from '../net/oauth-answer.ts';
import type { OriginGuard } from '../net/origin-guard.ts';
import type { TokenEndpoint } from '../oauth/token-endpoint.ts';
import type { ServerCertificate } from './certificate.ts';

/** A client that sends nothing for so long is cut off. */
const REQUEST_TIMEOUT_MS = 30_000;

/** Longer than clients keep a connection, so that none is closed while a request is on its way. */
const KEEP_ALIVE_MS = 72_000;

/** Where requests go. */
export interface ServerRoutes {
  readonly guard: OriginGuard;
  readonly tokenEndpoint: TokenEndpoint;
  /** Answers what is for no token endpoint. */
  readonly others: RequestListener;
  /** For a server that speaks TLS. */
  readonly certificate: ServerCertificate | undefined;
}

/**
 * Creates the HTTP server: it refuses requests of other web pages, answers those for tokens and hands on the rest. What
 * Node.js would refuse by itself, without a body or without any answer, gets an OAuth error here.
 */
export function createHttpServer(routes: ServerRoutes): Server {
  const { guard, tokenEndpoint, others, certificate } = routes;
  const handle: RequestListener = (request, response) => {
    readAbsoluteTarget(request);
    if (request.headers.host === undefined) return sendRefusal(response, NO_HOST);
    if (!guard(request.headers)) return sendRefusal(response, FOREIGN);
    const address = tokenEndpoint.find(request.url ?? '');
    if (address === undefined) return others(request, response);
    void tokenEndpoint.answer(address, request, response);
  };
  const options = { requestTimeout: REQUEST_TIMEOUT_MS, requireHostHeader: false };
  const server =
    certificate === undefined
      ? createPlainServer(options)
      : createTlsServer({ ...options, ...certificate });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.on('request', handle);
  // An expectation that is not known may be ignored: https://www.rfc-editor.org/rfc/rfc9110#section-10.1.1
  server.on('checkExpectation', handle);
  server.on('connect', refuseProxy);
  return server;
}

/**
 * Takes a target in absolute form apart: its host counts instead of the header's.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9112#section-3.2.2
 */
function readAbsoluteTarget(request: IncomingMessage): void {
  const [, host, target] = /^https?:\/\/([^/?#]*)(.*)$/is.exec(request.url ?? '') ?? [];
  if (host === undefined || target === undefined) return;
  request.headers.host = host;
  request.url = target.startsWith('/') ? target : `/${target}`;
}

/** Only this listener closes such a connection: it must not outlive the answer, and its end must not be an error. */
function refuseProxy(_request: IncomingMessage, socket: Duplex): void {
  socket.on('error', () => socket.destroy());
  socket.end(NO_PROXY, () => socket.destroy());
}

/** What a connection receives whose request cannot be read. */
export const BAD_REQUEST = toRawAnswer('400 Bad Request');

const NO_PROXY = toRawAnswer('405 Method Not Allowed');

const NO_HOST: OAuthError = { error: 'invalid_request', reason: 'the request has no Host header' };

const FOREIGN: OAuthError = {
  error: 'invalid_request',
  status: 403,
  description: 'This host or origin is not allowed.',
  reason: 'the request comes from another web page',
};

function toRawAnswer(status: string): string {
  const body = '{"error":"invalid_request"}';
  return [
    `HTTP/1.1 ${status}`,
    `Content-Type: ${ANSWER_HEADERS['content-type']}`,
    `Content-Length: ${body.length}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}
