import type { RequestListener, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import { registerAwsRoute } from '../aws-api/aws-route.ts';
import { ANSWER_HEADERS, type OAuthError, toErrorBody } from '../net/oauth-answer.ts';
import { createOriginGuard } from '../net/origin-guard.ts';
import { MAX_BODY_BYTES } from '../net/read-body.ts';
import { registerRegistrationRoutes } from '../oauth/registration.ts';
import { createTokenEndpoint } from '../oauth/token-endpoint.ts';
import { registerPageRoutes } from '../page/page-routes.ts';
import type { Core } from '../tokens/core.ts';
import type { ServerCertificate } from './certificate.ts';
import { BAD_REQUEST, createHttpServer } from './create-server.ts';
import {
  registerDeploymentRoute,
  registerDiscoveryRoutes,
  registerFaultsRoute,
  registerHealthRoute,
} from './discovery-routes.ts';
import { createDrain } from './drain.ts';

/** Options of the HTTP app. */
export interface AppOptions {
  readonly allowedHosts: readonly string[];
  /** What the server says of itself to callers on its own machine. */
  readonly deployment: () => object;
  /** For a server that speaks TLS. */
  readonly certificate: ServerCertificate | undefined;
}

/** The HTTP app, and how it listens at a second address. */
export interface App {
  readonly fastify: FastifyInstance;
  /** Creates a server that answers as the app's own does, and closes with it. */
  createTwin(): Server;
}

/** Creates the HTTP app: the token endpoints on the bare server, every other route above it. It does not listen yet. */
export function createApp(core: Core, options: AppOptions): App {
  const { deployment } = options;
  const drain = createDrain();
  let twin: Server | undefined;
  let handleOthers: RequestListener = () => undefined;
  const createServer = () =>
    createHttpServer({
      guard: createOriginGuard(
        options.allowedHosts,
        (host) => core.directory.findByHost(host) !== undefined,
      ),
      tokenEndpoint: createTokenEndpoint(core, drain.onAnswer),
      others: (request, response) => handleOthers(request, response),
      certificate: options.certificate,
    });
  const fastify = createFastify((others) => {
    handleOthers = others;
    return createServer();
  });
  drain.register(fastify, () => twin);
  registerHealthRoute(fastify);
  registerDiscoveryRoutes(fastify, core);
  registerRegistrationRoutes(fastify, core);
  registerPageRoutes(fastify, core);
  registerDeploymentRoute(fastify, deployment);
  registerFaultsRoute(fastify, core);
  registerAwsRoute(fastify, core);
  return {
    fastify,
    createTwin() {
      twin = createServer();
      return twin.on('clientError', answerClientError);
    },
  };
}

function createFastify(serverFactory: (others: RequestListener) => Server): FastifyInstance {
  const app = Fastify({
    bodyLimit: MAX_BODY_BYTES,
    forceCloseConnections: 'idle',
    serverFactory,
    // Whatever the address line holds, the answer is an OAuth error.
    frameworkErrors: (_error, _request, reply) => {
      void sendError(reply, {
        error: 'invalid_request',
        reason: 'the request target cannot be read',
      });
    },
    clientErrorHandler: answerClientError,
  });
  acceptAnyBody(app);
  registerErrorAnswers(app);
  return app;
}

function answerClientError(_error: Error, socket: Duplex): void {
  if (socket.writable && !hasAnswered(socket)) socket.end(BAD_REQUEST);
  else socket.destroy();
}

// What is left of a body that was too large may be no HTTP: its answer is out, and a second one would be part of it. Node's
// own handler looks at the same field, for want of a public one.
function hasAnswered(socket: Duplex): boolean {
  const { _httpMessage: message } = socket as { _httpMessage?: ServerResponse | null };
  return message?.headersSent ?? false;
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

function sendError(reply: FastifyReply, error: OAuthError): FastifyReply {
  return reply
    .status(error.status ?? 400)
    .headers(ANSWER_HEADERS)
    .send(JSON.stringify(toErrorBody(error)));
}
