import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Subjects, Verify } from './subjects.ts';

/** One in this many verifications is of a token that is refused. */
const REFUSED_EVERY = 10;

/** Verifications under way at once, as in a busy service. */
const IN_FLIGHT = 16;

/** How long our verifier takes against the bare call, and how long either takes. */
export interface SpeedResult {
  /** The median of the rounds' ratios, ours ÷ bare. */
  readonly ratio: number;
  /** Microseconds of one verification, in the median round. */
  readonly oursUs: number;
  readonly bareUs: number;
}

/** Measures both in turns, so that whatever else the machine does hits both; which comes first changes every round. */
export async function measureSpeed(
  { ours, bare, tokens }: Subjects,
  { rounds }: { rounds: number },
): Promise<SpeedResult> {
  const measured: { oursUs: number; bareUs: number }[] = [];
  for (let round = -1; round < rounds; round++) {
    const isOursFirst = round % 2 === 0;
    const first = await timePerCall(isOursFirst ? ours : bare, tokens);
    const second = await timePerCall(isOursFirst ? bare : ours, tokens);
    const [oursUs, bareUs] = isOursFirst ? [first, second] : [second, first];
    // The first round warms up.
    if (round >= 0) measured.push({ oursUs, bareUs });
  }
  return {
    ratio: median(measured.map(({ oursUs, bareUs }) => oursUs / bareUs)),
    oursUs: median(measured.map(({ oursUs }) => oursUs)),
    bareUs: median(measured.map(({ bareUs }) => bareUs)),
  };
}

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

async function timePerCall(verify: Verify, tokens: readonly string[]): Promise<number> {
  const start = performance.now();
  for (const token of tokens) await verify(token);
  return ((performance.now() - start) * 1000) / tokens.length;
}

function usedHeapBytes(): number {
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

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
