import { StoreError } from './errors.ts';

/** An item as it is stored, before it is decoded. */
export type StoredItem = { readonly [name: string]: unknown };

/**
 * Takes the items out of the answer to a query.
 *
 * DynamoDB answers with a list, if only an empty one. An answer without it, such as one whose body got lost, says nothing
 * about the table: taken for an empty list, it would make a known client an unknown one.
 *
 * @throws {StoreError} `ERR_STORE_UNAVAILABLE` for an answer without a list.
 */
export function itemsOf({ Items }: { readonly Items?: unknown }): readonly StoredItem[] {
  if (Array.isArray(Items)) return Items;
  throw new StoreError('ERR_STORE_UNAVAILABLE', 'The answer of the claims table holds no list.');
}
