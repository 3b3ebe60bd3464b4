/** Between the second quarter of a run and the last: the first fills the cache and the compiler's memory. */
const MAX_CHANGE = 0.1;

/** Figures that are as small as this may double. */
const MAX_CHANGE_BYTES = 2_000_000;

const FIGURES = ['heapUsed', 'external', 'rss'] as const;

/** How one figure of memory went, in megabytes. */
export interface MemoryTrend {
  readonly figure: (typeof FIGURES)[number];
  readonly beforeMb: number;
  readonly afterMb: number;
  /** False if the figure grew, or the heap changed at all, by more than is allowed. */
  readonly isFlat: boolean;
}

/** Watches the memory of this process. */
export interface MemoryWatch {
  /** Collects garbage, if it can, and notes what is left. */
  sample(): void;
  trends(): readonly MemoryTrend[];
}

/** Creates a watch without samples. */
export function createMemoryWatch(): MemoryWatch {
  const samples: NodeJS.MemoryUsage[] = [];
  return {
    sample() {
      globalThis.gc?.();
      samples.push(process.memoryUsage());
    },
    trends() {
      const quarter = Math.floor(samples.length / 4);
      return FIGURES.map((figure) => {
        const bytes = samples.map((sample) => sample[figure]);
        const before = median(bytes.slice(quarter, 2 * quarter));
        const after = median(bytes.slice(-quarter));
        const isFlat =
          after - before <= Math.max(MAX_CHANGE * before, MAX_CHANGE_BYTES) &&
          (figure !== 'heapUsed' || Math.abs(after / before - 1) <= MAX_CHANGE);
        return { figure, beforeMb: before / 1e6, afterMb: after / 1e6, isFlat };
      });
    },
  };
}

function median(values: readonly number[]): number {
  return values.toSorted((first, second) => first - second)[Math.floor(values.length / 2)] ?? 0;
}
