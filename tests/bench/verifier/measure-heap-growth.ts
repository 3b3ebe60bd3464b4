import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Subjects } from './subjects.ts';

/** One in this many verifications is of a token that is refused. */
const REFUSED_EVERY = 10;

/** Verifications under way at once, as in a busy service. */
const IN_FLIGHT = 16;

/**
 * Verifies good and refused tokens and compares the heap, garbage collected, after a tenth of them with that at the end.
 *
 * @returns How much the heap has grown, in bytes.
 */
export async function measureHeapGrowth(
  subjects: Subjects,
  { verifications }: { verifications: number },
): Promise<number> {
  await verifyMany(subjects, verifications / 10);
  const before = usedHeapBytes();
  await verifyMany(subjects, (verifications / 10) * 9);
  return usedHeapBytes() - before;
}

async function verifyMany({ ours, tokens, refusedTokens }: Subjects, count: number): Promise<void> {
  let next = 0;
  const work = async () => {
    while (next < count) {
      const index = next++;
      const source = index % REFUSED_EVERY === 0 ? refusedTokens : tokens;
      const token = source[index % source.length] ?? '';
      await ours(token).catch(() => undefined);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, work));
}

/** The heap in use after a garbage collection, in bytes. */
export function usedHeapBytes(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

// Available without a flag on the command line, so that the test can measure as well.
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  collect();
}
