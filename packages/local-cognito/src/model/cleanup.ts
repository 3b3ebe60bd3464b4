/** Frees resources, the one taken last first. */
export interface Cleanup {
  add(free: () => unknown): void;
  /**
   * Frees everything, whatever fails meanwhile.
   *
   * @throws What failed first.
   */
  run(): Promise<void>;
}

/** Creates an empty list of resources to free. */
export function createCleanup(): Cleanup {
  const steps: (() => unknown)[] = [];
  return {
    add: (free) => {
      steps.push(free);
    },
    async run() {
      const faults: unknown[] = [];
      for (let free = steps.pop(); free !== undefined; free = steps.pop()) {
        try {
          await free();
        } catch (error) {
          faults.push(error);
        }
      }
      if (faults.length > 0) throw faults[0];
    },
  };
}
