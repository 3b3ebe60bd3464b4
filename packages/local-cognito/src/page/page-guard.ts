import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isOwnMachine } from '../net/origin-guard.ts';
import { html, toText } from './html.ts';

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

function findProblem({ raw, method, headers }: FastifyRequest): string | undefined {
  if (!isOwnMachine(raw))
    return 'The inspector page is available only on the machine that runs the server.';
  // Every browser names the origin of a form; whatever names none has the token endpoint.
  return method === 'POST' && headers.origin === undefined
    ? 'This form was not sent by the inspector page.'
    : undefined;
}

/**
 * The headers of every answer of the page.
 *
 * Nothing but this server's own files may load, run or receive a form; no page may frame it; no sink turns text into markup.
 *
 * @see https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Content-Security-Policy
 */
const PAGE_HEADERS = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  // "no-referrer" would make the browser send the page's own form with "Origin: null".
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
} as const;
