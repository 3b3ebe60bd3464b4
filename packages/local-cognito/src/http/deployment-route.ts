import type { FastifyInstance } from 'fastify';
import { isLoopback } from './loopback.ts';

/** Where a running server describes itself, secrets included, to the command line on the same machine. */
export const DEPLOYMENT_PATH = '/.local-cognito/deployment';

/**
 * Serves the description of the running server to callers on its own machine; to any other the address does not exist.
 *
 * @param describe - What to answer: the description without its functions.
 */
export function registerDeploymentRoute(app: FastifyInstance, describe: () => object): void {
  app.get(DEPLOYMENT_PATH, async (request, reply) => {
    // The address of the connection itself: a header such as X-Forwarded-For is the caller's word.
    if (!isLoopback(request.socket.remoteAddress ?? '')) return reply.callNotFound();
    reply.header('cache-control', 'no-store');
    return describe();
  });
}
