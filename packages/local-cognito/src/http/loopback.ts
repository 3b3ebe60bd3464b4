import { isIPv4 } from 'node:net';

/** True for an address of the machine itself. @param address - As a socket gives it. */
export function isLoopback(address: string): boolean {
  const plain = address.replace(/^::ffff:/, '');
  return plain === '::1' || (isIPv4(plain) && plain.startsWith('127.'));
}
