export type { AttributeValue, Item } from './attribute-value.ts';
export { type DecodeResult, decodeItem } from './decode-record.ts';
export { encodeRecord, ITEM_VERSION } from './encode-record.ts';
export {
  baselineSortKey,
  clientKeyPrefix,
  MAX_REVISION,
  overrideSortKey,
  partitionKey,
  SETTINGS_SORT_KEY,
} from './record-keys.ts';
