import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { ANSWER_HEADERS, type OAuthError, sendRefusal } from '../net/oauth-answer.ts';
import type { OriginGuard } from '../net/origin-guard.ts';
import type { TokenEndpoint } from '../oauth/token-endpoint.ts';

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
}

/**
 * Creates the HTTP server: it refuses requests of other web pages, answers those for tokens and hands on the rest. What
 * Node.js would refuse by itself, without a body or without any answer, gets an OAuth error here.
 */
export function createHttpServer({ guard, tokenEndpoint, others }: ServerRoutes): Server {
  const handle: RequestListener = (request, response) => {
    if (request.headers.host === undefined) return sendRefusal(response, NO_HOST);
    if (!guard(request.headers)) return sendRefusal(response, FOREIGN);
    if (!tokenEndpoint.isAddressed(request.url ?? '')) return others(request, response);
    void tokenEndpoint.answer(request, response);
  };
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS, requireHostHeader: false });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.on('request', handle);
  // An expectation that is not known may be ignored: https://www.rfc-editor.org/rfc/rfc9110#section-10.1.1
  server.on('checkExpectation', handle);
  server.on('connect', refuseProxy);
  return server;
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
