import type { ClaimRecord } from '@cognito-m2m/claim-schema';
import { decodeItem } from '@cognito-m2m/claim-schema/records';
import { StoreError } from './errors.ts';

/** Decodes an item or throws `ERR_STORE_ITEM_INVALID` with every fault. */
export function decodeOrThrow(item: { readonly [name: string]: unknown }): ClaimRecord {
  const result = decodeItem(item);
  if (result.isValid) return result.record;
  const paths = result.faults.map(({ path }) => path).join(', ');
  throw new StoreError(
    'ERR_STORE_ITEM_INVALID',
    `An item of the claims table is not a valid record: ${paths}.`,
    {
      faults: result.faults,
    },
  );
}
