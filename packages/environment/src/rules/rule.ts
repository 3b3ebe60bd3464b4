import type { PartialEnvironment } from '../environment-schema.ts';

/** A pool of which any part may be missing. */
export type PartialPool = NonNullable<NonNullable<PartialEnvironment['pools']>[string]>;

/** A client of which any part may be missing. */
export type PartialClient = NonNullable<NonNullable<PartialPool['clients']>[string]>;

/** Entries whose values are there. */
export function presentEntries<T>(
  source: { readonly [key: string]: T | undefined } | undefined,
): [string, T][] {
  return Object.entries(source ?? {}).filter(
    (entry): entry is [string, T] => entry[1] !== undefined,
  );
}
