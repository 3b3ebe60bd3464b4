import { once } from 'node:events';
import {
  createServer as createPlainServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Duplex } from 'node:stream';
import type { FastifyInstance, FastifyReply } from 'fastify';
import Fastify from 'fastify';
import { registerAwsRoute } from '../aws-api/aws-route.ts';
import { ANSWER_HEADERS, type OAuthError, sendRefusal, toErrorBody } from '../net/oauth-answer.ts';
import { createOriginGuard } from '../net/origin-guard.ts';
import { registerRegistrationRoutes } from '../oauth/registration.ts';
import { createTokenEndpoint, MAX_BODY_BYTES } from '../oauth/token-endpoint.ts';
import { registerPageRoutes } from '../page/page-routes.ts';
import type { Core } from '../tokens/core.ts';
import type { ServerCertificate } from './certificate.ts';
import { registerServerRoutes } from './server-routes.ts';

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
  registerServerRoutes(fastify, core, deployment);
  registerRegistrationRoutes(fastify, core);
  registerPageRoutes(fastify, core);
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
    // No route has a schema. The standard compilers would take a fifth of the start.
    schemaController: {
      compilersFactory: { buildValidator: refuseSchemas, buildSerializer: refuseSchemas },
    },
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

function refuseSchemas(): never {
  throw new TypeError('A route has a schema, and nothing compiles it.');
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

/** A client that sends nothing for so long is cut off. */
const REQUEST_TIMEOUT_MS = 30_000;

/** Longer than clients keep a connection, so that none is closed while a request is on its way. */
const KEEP_ALIVE_MS = 72_000;

/** Where requests go. */
interface ServerRoutes {
  readonly guard: ReturnType<typeof createOriginGuard>;
  readonly tokenEndpoint: ReturnType<typeof createTokenEndpoint>;
  /** Answers what is for no token endpoint. */
  readonly others: RequestListener;
  /** For a server that speaks TLS. */
  readonly certificate: ServerCertificate | undefined;
}

/**
 * Creates the HTTP server: it refuses requests of other web pages, answers those for tokens and hands on the rest. What
 * Node.js would refuse by itself, without a body or without any answer, gets an OAuth error here.
 */
function createHttpServer(routes: ServerRoutes): Server {
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
const BAD_REQUEST = toRawAnswer('400 Bad Request');

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

/** Longer than the trigger may take; a request that is still open then has a client that does not finish it. */
const DRAIN_MS = 6000;

/** Lets a closing server answer what is under way, and keeps no connection open after that. */
interface Drain {
  /** Ends the connection with this answer if the server is closing. To be called before the headers are sent. */
  onAnswer(response: ServerResponse): void;
  /** Begins when `app` starts to close. @param twin - A second server that answers as the app's own does. */
  register(app: FastifyInstance, twin: () => Server | undefined): void;
}

/** Creates the drain of a server that is not closing yet. */
function createDrain(): Drain {
  let isClosing = false;
  let timer: NodeJS.Timeout | undefined;
  let secondClosed: Promise<unknown> = Promise.resolve();
  const onAnswer = (response: ServerResponse) => {
    // Node waits for kept-alive connections too, and the client would keep them for a minute.
    if (isClosing) response.setHeader('connection', 'close');
  };
  return {
    onAnswer,
    register(app, twin) {
      app.addHook('preClose', async () => {
        isClosing = true;
        const second = twin();
        // Listened to before it closes: asked afterwards, a server whose last connection has just ended would never say so.
        if (second?.listening) secondClosed = once(second, 'close');
        second?.close();
        second?.closeIdleConnections();
        timer = setTimeout(() => {
          app.server.closeAllConnections();
          second?.closeAllConnections();
        }, DRAIN_MS);
      });
      app.addHook('onSend', (_request, reply, payload, next) => {
        onAnswer(reply.raw);
        next(null, payload);
      });
      app.addHook('onClose', async () => {
        await secondClosed;
        clearTimeout(timer);
      });
    },
  };
}
