import { type Fault, joinPath } from '@cognito-m2m/claim-schema';
import { type AttributeValue, encodeRecord, type Item } from '@cognito-m2m/claim-schema/records';
import { toBaselineRecord, toSettingsRecord } from '../baseline-record.ts';
import type { Client, Pool } from '../normalised-environment.ts';

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html */
const MAX_ITEM_BYTES = 400 * 1024;

/** The longest ids that Amazon Cognito gives. @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolClientType.html */
const LONGEST_IDS = { userPoolId: 'p'.repeat(55), clientId: 'c'.repeat(128) };

/** The settings of a pool, with all scopes that it declares, fit one item of the claims table. */
export function checkSettingsSize(pool: Pool, path: string): Fault[] {
  const item = encodeRecord(toSettingsRecord(pool, LONGEST_IDS.userPoolId));
  return checkSize(item, joinPath(path, 'resourceServers'), 'the scopes of this pool');
}

/** The baseline of a client, with all values that a caller may pick, fits one item of the claims table. */
export function checkBaselineSize(pool: Pool, client: Client, path: string): Fault[] {
  const item = encodeRecord(toBaselineRecord(pool, client, LONGEST_IDS));
  return checkSize(item, path, 'what this client declares');
}

function checkSize(item: Item, path: string, what: string): Fault[] {
  const sizeBytes = itemSizeBytes(item);
  if (sizeBytes <= MAX_ITEM_BYTES) return [];
  const problem = `${what} would not fit one item of the claims table`;
  return [
    { path, problem, got: `${sizeBytes} bytes`, expected: `at most ${MAX_ITEM_BYTES} bytes` },
  ];
}

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html */
function itemSizeBytes(item: Item): number {
  return sum(Object.entries(item), ([name, value]) => Buffer.byteLength(name) + sizeBytesOf(value));
}

function sizeBytesOf(value: AttributeValue): number {
  if ('S' in value) return Buffer.byteLength(value.S);
  // Two digits in a byte, and at most two bytes more.
  if ('N' in value) return Math.ceil(value.N.length / 2) + 2;
  // A list or map takes three bytes, and one for each member.
  if ('L' in value) return 3 + sum(value.L, (member) => 1 + sizeBytesOf(member));
  if ('M' in value) return 3 + Object.keys(value.M).length + itemSizeBytes(value.M);
  return 1;
}

function sum<T>(values: readonly T[], read: (value: T) => number): number {
  return values.reduce((total, value) => total + read(value), 0);
}
