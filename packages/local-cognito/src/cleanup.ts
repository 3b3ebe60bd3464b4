/** Frees resources, the one taken last first. */
export interface Cleanup {
  add(free: () => unknown): void;
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
      for (let free = steps.pop(); free !== undefined; free = steps.pop()) await free();
    },
  };
}
