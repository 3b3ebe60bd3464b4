/** What a test has opened: it is closed whatever becomes of the test, a setup that fails or takes too long included. */
export interface Opened {
  /**
   * Opens something.
   *
   * @param close - Closes it, also if it is ready only after the test has given up.
   */
  add<T>(opening: Promise<T>, close: (opened: T) => unknown): Promise<T>;
  /** Closes everything, the newest first. @throws the first error, once the others are closed. */
  close(): Promise<void>;
}

/** Begins with nothing open. */
export function createOpened(): Opened {
  const closers: (() => unknown)[] = [];
  return {
    add(opening, close) {
      // What did not open needs no closing.
      closers.push(() => opening.then(close, () => {}));
      return opening;
    },
    async close() {
      const errors: unknown[] = [];
      for (let closer = closers.pop(); closer !== undefined; closer = closers.pop()) {
        try {
          await closer();
        } catch (error) {
          errors.push(error);
        }
      }
      if (errors.length > 0) throw errors[0];
    },
  };
}
