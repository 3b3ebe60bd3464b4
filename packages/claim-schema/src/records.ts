export type { AttributeValue, Item } from './record-item.ts';
export {
  baselineSortKey,
  clientKeyPrefix,
  type DecodeResult,
  decodeItem,
  encodeRecord,
  ITEM_VERSION,
  MAX_REVISION,
  overrideSortKey,
  partitionKey,
  SETTINGS_SORT_KEY,
} from './record-item.ts';
