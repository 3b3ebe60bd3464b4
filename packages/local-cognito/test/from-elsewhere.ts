import { networkInterfaces } from 'node:os';
import { test } from '@jest/globals';

/** An IPv4 address of this machine by which others would reach it; `undefined` where it has none but loopback. */
export const ownAddress = Object.values(networkInterfaces())
  .flat()
  .find((address) => address?.family === 'IPv4' && !address.internal)?.address;

const isSkipped = ownAddress === undefined && process.env['M2M_REQUIRE_ALL_TESTS'] !== '1';
if (isSkipped) console.log('skipped: this machine has no address but loopback');

/** A test of requests as another machine would send them; it skips where there can be none, and must run in CI. */
export const testFromElsewhere = isSkipped ? test.skip : test;
