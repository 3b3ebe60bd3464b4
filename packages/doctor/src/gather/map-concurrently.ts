/**
 * Maps values with a bound on how many are under way at once; answers in the order of the values.
 *
 * @param onDone - Called after each with the number so far.
 * @throws What `map` throws first.
 */
export async function mapConcurrently<T, R>(
  values: readonly T[],
  limit: number,
  map: (value: T) => Promise<R>,
  onDone: (count: number) => void,
): Promise<R[]> {
  const queue = values.entries();
  const results: R[] = [];
  let done = 0;
  const work = async () => {
    for (const [index, value] of queue) {
      results[index] = await map(value);
      done += 1;
      onDone(done);
    }
  };
  await Promise.all(Array.from({ length: limit }, work));
  return results;
}
