import { encodeMembers, type Item } from './attribute-value.ts';
import type { JsonObject } from './claim-value.ts';
import type { ClaimRecord } from './record.ts';
import {
  baselineSortKey,
  overrideSortKey,
  partitionKey,
  SETTINGS_SORT_KEY,
} from './record-keys.ts';

/** The version of the item layout that this code writes and the highest that it reads. */
export const ITEM_VERSION = 1;

/**
 * Encodes a record as the DynamoDB item that holds it, keys included.
 *
 * Every attribute is a native DynamoDB type, so that the item reads well in the console.
 */
export function encodeRecord(record: ClaimRecord): Item {
  const { userPoolId, ...attributes } = record;
  return {
    pk: { S: partitionKey(userPoolId) },
    sk: { S: sortKeyOf(record) },
    itemVersion: { N: String(ITEM_VERSION) },
    userPoolId: { S: userPoolId },
    // Records hold JSON only; the cast says so for interfaces, which have no index signature.
    ...encodeMembers(attributes as object as JsonObject),
  };
}

/** The sort key under which a record is kept. */
export function sortKeyOf(record: ClaimRecord): string {
  if (record.kind === 'baseline') return baselineSortKey(record.clientId);
  if (record.kind === 'override') return overrideSortKey(record.clientId, record.revision);
  return SETTINGS_SORT_KEY;
}
