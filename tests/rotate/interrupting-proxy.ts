import type { IncomingMessage } from 'node:http';
import { forwardRequest, startServer, type TestServer } from '../support/server.ts';

/**
 * Passes requests of one process on to several servers, and can strike at one of them.
 *
 * Only requests that change something or ask for a token count: after a read, a process that keeps nothing leaves the same
 * state as before it.
 */
export interface InterruptingProxy {
  /** The address that stands for a server. @param upstream - Its own address, such as `http://127.0.0.1:5000`. */
  standFor(upstream: string): Promise<string>;
  /**
   * Calls `strike` once the server has carried out the n-th such request from now on, before its caller hears of it.
   *
   * @param n - From 1.
   */
  strikeAt(n: number, strike: () => void): void;
  /** How many of them arrived since `strikeAt`. */
  count(): number;
  close(): Promise<void>;
}

/** Creates a proxy on free loopback ports, one for each server. */
export function createInterruptingProxy(): InterruptingProxy {
  const servers: TestServer[] = [];
  let count = 0;
  let armed = { at: 0, strike: () => {} };
  return {
    async standFor(upstream) {
      const server = await startServer(async (request, response) => {
        const isLast = isCounted(request) && ++count === armed.at;
        const answer = await forwardRequest(upstream, request);
        if (isLast) {
          armed.strike();
          response.destroy();
          return;
        }
        const { status, headers, body } = answer;
        response.writeHead(status, Object.fromEntries(headers)).end(body);
      });
      servers.push(server);
      return server.url;
    },
    strikeAt(at, strike) {
      count = 0;
      armed = { at, strike };
    },
    count: () => count,
    async close() {
      await Promise.all(servers.map((server) => server.close()));
    },
  };
}

const CHANGES = /\.(Put|Update|Add|Delete)/;

function isCounted({ url = '', headers }: IncomingMessage): boolean {
  return url.endsWith('/oauth2/token') || CHANGES.test(String(headers['x-amz-target']));
}
