import { once } from 'node:events';
import type { Server, ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';

/** Longer than the trigger may take; a request that is still open then has a client that does not finish it. */
const DRAIN_MS = 6000;

/** Lets a closing server answer what is under way, and keeps no connection open after that. */
export interface Drain {
  /** Ends the connection with this answer if the server is closing. To be called before the headers are sent. */
  onAnswer(response: ServerResponse): void;
  /** Begins when `app` starts to close. @param twin - A second server that answers as the app's own does. */
  register(app: FastifyInstance, twin: () => Server | undefined): void;
}

/** Creates the drain of a server that is not closing yet. */
export function createDrain(): Drain {
  let isClosing = false;
  let timer: NodeJS.Timeout | undefined;
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
        const second = twin();
        const connections = second === undefined ? 0 : await countConnections(second);
        if (second && connections > 0) await once(second, 'close');
        clearTimeout(timer);
      });
    },
  };
}

function countConnections(server: Server): Promise<number> {
  return new Promise((resolve) => server.getConnections((_error, count) => resolve(count ?? 0)));
}
