import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request that reached an API. */
interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** An API on a port of its own, which is an origin of its own. */
export interface ApiServer {
  readonly origin: string;
  readonly requests: ApiRequest[];
  /** How it answers. @default 200 with the path */
  answer: (request: ApiRequest, response: ServerResponse) => void;
  close(): Promise<void>;
}

/** Starts an API. */
export async function startApiServer(): Promise<ApiServer> {
  const requests: ApiRequest[] = [];
  const server = createServer(async (incoming, response) => {
    const { method = '', url: path = '', headers } = incoming;
    let body = '';
    for await (const chunk of incoming) body += chunk;
    const request = { method, path, headers, body };
    requests.push(request);
    api.answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const api: ApiServer = {
    origin: `http://127.0.0.1:${port}`,
    requests,
    answer: ({ path }, response) => response.end(path),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return api;
}

/** Answers with a redirect. */
export function redirectTo(location: string, status = 302): ApiServer['answer'] {
  return (_, response) => response.writeHead(status, { location }).end();
}
