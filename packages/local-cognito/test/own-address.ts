import { networkInterfaces } from 'node:os';

/** An IPv4 address of this machine by which others would reach it; `undefined` where it has none but loopback. */
export function findOwnAddress(): string | undefined {
  const addresses = Object.values(networkInterfaces()).flat();
  return addresses.find((address) => address?.family === 'IPv4' && !address.internal)?.address;
}
