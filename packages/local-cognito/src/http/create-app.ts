import Fastify, { type FastifyInstance } from 'fastify';
import { registerAwsRoute } from '../aws-api/aws-route.ts';
import type { Core } from '../core.ts';
import { registerTokenRoute, sendError } from '../oauth/token-route.ts';
import { registerPageRoutes } from '../page/page-routes.ts';
import { registerDeploymentRoute } from './deployment-route.ts';
import { registerDiscoveryRoutes } from './discovery-routes.ts';
import { registerDrain } from './drain.ts';
import { registerOriginGuard } from './origin-guard.ts';

/** More than any token request needs. */
const MAX_BODY_BYTES = 64 * 1024;

/** A client that sends nothing for so long is cut off. */
const REQUEST_TIMEOUT_MS = 30_000;

/** Options of the HTTP app. */
export interface AppOptions {
  readonly allowedHosts: readonly string[];
  /** The server's own address, known once it listens. */
  readonly baseUrl: () => string;
  /** What the server says of itself to callers on its own machine. */
  readonly deployment: () => object;
}

/** Creates the HTTP app with every route; it does not listen yet. */
export function createApp(
  core: Core,
  { allowedHosts, baseUrl, deployment }: AppOptions,
): FastifyInstance {
  const app = Fastify({
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: 'idle',
    exposeHeadRoutes: false,
    // Whatever the address line holds, the answer is an OAuth error.
    frameworkErrors: (_error, _request, reply) => {
      void sendError(reply, { error: 'invalid_request', reason: 'the address can not be read' });
    },
    clientErrorHandler: (_error, socket) => {
      if (socket.writable) socket.end(BAD_REQUEST);
      else socket.destroy();
    },
  });
  registerDrain(app);
  registerOriginGuard(app, allowedHosts);
  acceptAnyBody(app);
  registerErrorAnswers(app);
  registerTokenRoute(app, core);
  registerDiscoveryRoutes(app, core, baseUrl);
  registerPageRoutes(app, core, baseUrl);
  registerDeploymentRoute(app, deployment);
  registerAwsRoute(app, core);
  return app;
}

// Bodies are read by the routes themselves: each protocol has its own error for a bad one.
function acceptAnyBody(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
}

function registerErrorAnswers(app: FastifyInstance): void {
  app.setNotFoundHandler((_request, reply) =>
    sendError(reply, { error: 'invalid_request', status: 404, reason: 'no such address' }),
  );
  app.setErrorHandler((error, _request, reply) => {
    const status = isHttpError(error) && error.statusCode < 500 ? error.statusCode : 500;
    const name = status < 500 ? 'invalid_request' : 'server_error';
    return sendError(reply, { error: name, status, reason: 'the request failed' });
  });
}

function isHttpError(error: unknown): error is { statusCode: number } {
  return error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number';
}

const BAD_REQUEST_BODY = '{"error":"invalid_request"}';
const BAD_REQUEST = [
  'HTTP/1.1 400 Bad Request',
  'Content-Type: application/json;charset=UTF-8',
  `Content-Length: ${BAD_REQUEST_BODY.length}`,
  'Connection: close',
  '',
  BAD_REQUEST_BODY,
].join('\r\n');
