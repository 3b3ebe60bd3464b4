/** Fewer than the connections that an AWS client keeps: beyond those it warns its user. */
const BATCH_SIZE = 20;

/** Calls `work` with every value, 20 at a time. @returns The results in the order of the values. */
export async function inBatches<T, R>(
  values: readonly T[],
  work: (value: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  for (let start = 0; start < values.length; start += BATCH_SIZE) {
    results.push(...(await Promise.all(values.slice(start, start + BATCH_SIZE).map(work))));
  }
  return results;
}
