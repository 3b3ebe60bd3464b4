import type { FastifyInstance, FastifyRequest } from 'fastify';

/** The names that a browser or a client on this machine uses for it. */
const LOOPBACK_NAMES: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * Refuses requests that another web page sent: a foreign `Host` (DNS rebinding) or a foreign `Origin` (request forgery).
 *
 * @param allowedHosts - Names beside the loopback ones, for a server that listens elsewhere.
 */
export function registerOriginGuard(app: FastifyInstance, allowedHosts: readonly string[]): void {
  const allowed = new Set([...LOOPBACK_NAMES, ...allowedHosts.map((host) => host.toLowerCase())]);
  app.addHook('onRequest', (request, reply, next) => {
    if (isOwn(request, allowed)) next();
    else reply.status(403).send(REFUSAL);
  });
}

const REFUSAL = {
  error: 'invalid_request',
  error_description: 'This host or origin is not allowed.',
};

function isOwn({ headers }: FastifyRequest, allowed: ReadonlySet<string>): boolean {
  if (!allowed.has(hostName(headers.host ?? ''))) return false;
  const site = headers['sec-fetch-site'];
  if (site === 'cross-site' || site === 'same-site') return false;
  const { origin } = headers;
  // The port counts too: another server on this machine is another origin.
  return origin === undefined || origin === `http://${headers.host}`;
}

function hostName(host: string): string {
  return host.toLowerCase().replace(/:\d*$/, '');
}
