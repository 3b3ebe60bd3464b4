/** Knows which versions of a client's record a token may show at any moment. */
export interface VersionLedger {
  /** The version that the next write of a client has. */
  begin(clientId: string): number;
  /** Notes that a version has been written. */
  finish(clientId: string, version: number): void;
  /**
   * The versions that the answer to a call of `startedMs` may show: none older than the staleness limit allows, and none
   * newer than what was ever begun.
   */
  allowed(clientId: string, startedMs: number): readonly number[];
}

/**
 * Creates a ledger.
 *
 * @param options.maxStaleMs - How old a record may be that a token shows, in milliseconds.
 */
export function createVersionLedger(options: { readonly maxStaleMs: number }): VersionLedger {
  const begun = new Map<string, number>();
  const finished = new Map<string, { version: number; atMs: number }[]>();
  return {
    begin(clientId) {
      const version = (begun.get(clientId) ?? 0) + 1;
      begun.set(clientId, version);
      return version;
    },
    finish(clientId, version) {
      const entries = finished.get(clientId) ?? [];
      // What is far older than the limit can no longer decide anything, apart from the newest such entry.
      while (entries.length > 50) entries.shift();
      finished.set(clientId, [...entries, { version, atMs: performance.now() }]);
    },
    allowed(clientId, startedMs) {
      const settled = (finished.get(clientId) ?? []).filter(
        ({ atMs }) => atMs < startedMs - options.maxStaleMs,
      );
      const oldest = settled.at(-1)?.version ?? 1;
      const newest = begun.get(clientId) ?? 0;
      return Array.from({ length: newest - oldest + 1 }, (_, index) => oldest + index);
    },
  };
}
