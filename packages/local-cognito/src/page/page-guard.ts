import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isLoopback } from '../http/loopback.ts';
import { html, toText } from './html.ts';
import { PAGE_HEADERS } from './page-headers.ts';

/**
 * Lets only this machine see the page, whatever address the server listens on: it issues tokens without a secret.
 *
 * Foreign `Host` and `Origin` headers are refused before, for all of the server; a form must say its origin here.
 */
export function registerPageGuard(page: FastifyInstance): void {
  page.addHook('onRequest', async (request, reply) => {
    reply.headers(PAGE_HEADERS);
    const problem = findProblem(request);
    if (problem === undefined) return;
    const markup = html`<!doctype html><html lang="en"><title>Refused</title><p>${problem}</p></html>`;
    await reply.status(403).type('text/html; charset=utf-8').send(toText(markup));
  });
}

function findProblem({ ip, method, headers }: FastifyRequest): string | undefined {
  if (!isLoopback(ip)) return 'The inspector page answers on its own machine only.';
  // Every browser names the origin of a form; whatever names none has the token endpoint.
  return method === 'POST' && headers.origin === undefined
    ? 'This form was not sent by the inspector page.'
    : undefined;
}
