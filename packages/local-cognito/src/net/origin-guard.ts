import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { isIPv4, isIPv6 } from 'node:net';

/** True for an address of the machine itself. @param address - As a socket gives it. */
export function isLoopback(address: string): boolean {
  const plain = address.replace(/^::ffff:/, '');
  return plain === '::1' || (isIPv4(plain) && plain.startsWith('127.'));
}

/** What proxies add to the requests that they forward. */
const PROXY_HEADERS = ['forwarded', 'via', 'x-real-ip', 'x-envoy-external-address'];

/**
 * True for a request that a program on this machine sent itself.
 *
 * A proxy on this machine forwards requests of others: what it forwards has one of its headers, or the HTTP version 1.0 that nginx
 * uses and no other client of today does.
 */
export function isOwnMachine({ socket, headers, httpVersion }: IncomingMessage): boolean {
  if (!isLoopback(socket.remoteAddress ?? '') || httpVersion === '1.0') return false;
  const isForwarded = Object.keys(headers).some(
    (name) => name.startsWith('x-forwarded-') || PROXY_HEADERS.includes(name),
  );
  return !isForwarded;
}

/** The names that a browser or a client on this machine uses for it. */
const LOOPBACK_NAMES = ['127.0.0.1', 'localhost', '[::1]'];

/** True for a request that no other web page sent. */
export type OriginGuard = (headers: IncomingHttpHeaders) => boolean;

/**
 * Creates a guard that knows requests of other web pages: by a foreign `Host` (DNS rebinding) or a foreign `Origin` (request
 * forgery).
 *
 * @param allowedHosts - Names in addition to the loopback ones, for a server that listens elsewhere.
 * @param isServedHost - True for the domain of a pool.
 */
export function createOriginGuard(
  allowedHosts: readonly string[],
  isServedHost: (host: string) => boolean = () => false,
): OriginGuard {
  const allowed = new Set([...LOOPBACK_NAMES, ...allowedHosts.map(toUrlHostName)]);
  return (headers) => {
    const host = toHostName(headers.host);
    if (!allowed.has(host) && !isServedHost(host)) return false;
    const site = headers['sec-fetch-site'];
    if (site === 'cross-site' || site === 'same-site') return false;
    const { origin } = headers;
    // The port counts too: another server on this machine is another origin.
    return (
      origin === undefined ||
      origin === `http://${headers.host}` ||
      origin === `https://${headers.host}`
    );
  };
}

/** Creates a test of `Host` headers: true for one that holds one of the names, with any port. */
export function createHostList(names: readonly string[]): (host: string | undefined) => boolean {
  const known = new Set(names.map(toUrlHostName));
  return (host) => known.has(toHostName(host));
}

// A Host header holds an IPv6 address in brackets, in the one spelling that a URL has.
function toUrlHostName(host: string): string {
  return isIPv6(host) ? new URL(`http://[${host}]`).hostname : host.toLowerCase();
}

/** The name in a `Host` header, without its port. */
export function toHostName(host = ''): string {
  return host.toLowerCase().replace(/:\d*$/, '');
}
