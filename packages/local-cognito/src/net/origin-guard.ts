import type { IncomingHttpHeaders } from 'node:http';
import { isIPv4, isIPv6 } from 'node:net';

/** True for an address of the machine itself. @param address - As a socket gives it. */
export function isLoopback(address: string): boolean {
  const plain = address.replace(/^::ffff:/, '');
  return plain === '::1' || (isIPv4(plain) && plain.startsWith('127.'));
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
 */
export function createOriginGuard(allowedHosts: readonly string[]): OriginGuard {
  const allowed = new Set([...LOOPBACK_NAMES, ...allowedHosts.map(toHostName)]);
  return (headers) => {
    if (!allowed.has(hostName(headers.host ?? ''))) return false;
    const site = headers['sec-fetch-site'];
    if (site === 'cross-site' || site === 'same-site') return false;
    const { origin } = headers;
    // The port counts too: another server on this machine is another origin.
    return origin === undefined || origin === `http://${headers.host}`;
  };
}

// A Host header holds an IPv6 address in brackets, in the one spelling that a URL has.
function toHostName(host: string): string {
  return isIPv6(host) ? new URL(`http://[${host}]`).hostname : host.toLowerCase();
}

function hostName(host: string): string {
  return host.toLowerCase().replace(/:\d*$/, '');
}
