import type { FastifyInstance } from 'fastify';

/** Longer than the trigger may take; a request that is still open then has a client that does not finish it. */
const DRAIN_MS = 6000;

/** Lets a closing server answer what is under way, and keeps no connection open after that. */
export function registerDrain(app: FastifyInstance): void {
  let isClosing = false;
  let timer: NodeJS.Timeout | undefined;
  app.addHook('preClose', async () => {
    isClosing = true;
    timer = setTimeout(() => app.server.closeAllConnections(), DRAIN_MS);
  });
  // Node waits for kept-alive connections too, and the client would keep them for a minute.
  app.addHook('onSend', (_request, reply, payload, next) => {
    if (isClosing) reply.header('connection', 'close');
    next(null, payload);
  });
  app.addHook('onClose', async () => clearTimeout(timer));
}
