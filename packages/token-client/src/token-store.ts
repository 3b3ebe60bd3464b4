/** What a store keeps under a name. */
export interface StoredValue {
  /** Changes with every write. */
  readonly version: string;
  /** Encrypted; the store cannot read it. */
  readonly value: Uint8Array;
  /**
   * The store's own time when it answered, in milliseconds since 1970, if it says so. It protects a process whose clock
   * is wrong.
   */
  readonly storeTimeMs?: number | undefined;
}

/**
 * Shares tokens between processes. Names and values are derived from and encrypted under the app client's secret:
 * whoever reads the store without it learns nothing.
 */
export interface TokenStore {
  /** Reads a value, consistently. */
  read(name: string): Promise<StoredValue | undefined>;
  /**
   * Writes a value if nobody else was faster; this is how one process of a fleet wins.
   *
   * @param options.ifVersion - The version that must be there; `undefined`: nothing may be there.
   * @param options.expiresAtSeconds - When the value may be deleted, in seconds since 1970.
   * @returns False if another version is there.
   */
  write(
    name: string,
    stored: { readonly version: string; readonly value: Uint8Array },
    options: { readonly ifVersion: string | undefined; readonly expiresAtSeconds: number },
  ): Promise<boolean>;
}
