import type { Subjects, Verify } from './subjects.ts';

/** Verifications in a row before the other subject has its turn: some 2 ms, shorter than most disturbances. */
const BATCH_SIZE = 20;

/** How long our verifier takes against the bare call, and how long either takes. */
export interface SpeedResult {
  /** The median ratio of neighbouring batches, ours ÷ bare. */
  readonly ratio: number;
  /** The quartiles of those ratios. */
  readonly ratioSpread: readonly [lower: number, upper: number];
  /** Microseconds of one verification, in the median batch. */
  readonly oursUs: number;
  readonly bareUs: number;
}

/**
 * Measures both in pairs of small batches of the same tokens; which comes first changes with every pair, so that whatever
 * else the machine does hits both alike.
 *
 * @param options.rounds - How often each token is verified by each, after a round that warms up.
 */
export async function measureSpeed(
  subjects: Subjects,
  { rounds }: { rounds: number },
): Promise<SpeedResult> {
  await measureRound(subjects, 0);
  const pairs: BatchPair[] = [];
  for (let round = 0; round < rounds; round++) pairs.push(...(await measureRound(subjects, round)));
  const ratios = pairs.map(({ oursUs, bareUs }) => oursUs / bareUs);
  return {
    ratio: quantile(0.5, ratios),
    ratioSpread: [quantile(0.25, ratios), quantile(0.75, ratios)],
    oursUs: medianOf(pairs, ({ oursUs }) => oursUs),
    bareUs: medianOf(pairs, ({ bareUs }) => bareUs),
  };
}

interface BatchPair {
  readonly oursUs: number;
  readonly bareUs: number;
}

async function measureRound({ ours, bare, tokens }: Subjects, round: number): Promise<BatchPair[]> {
  const pairs: BatchPair[] = [];
  for (let start = 0; start < tokens.length; start += BATCH_SIZE) {
    const batch = tokens.slice(start, start + BATCH_SIZE);
    const isOursFirst = (round + start / BATCH_SIZE) % 2 === 0;
    const first = await timePerCall(isOursFirst ? ours : bare, batch);
    const second = await timePerCall(isOursFirst ? bare : ours, batch);
    pairs.push(isOursFirst ? { oursUs: first, bareUs: second } : { oursUs: second, bareUs: first });
  }
  return pairs;
}

async function timePerCall(verify: Verify, tokens: readonly string[]): Promise<number> {
  const start = performance.now();
  for (const token of tokens) await verify(token);
  return ((performance.now() - start) * 1000) / tokens.length;
}

function medianOf(pairs: readonly BatchPair[], read: (pair: BatchPair) => number): number {
  return quantile(0.5, pairs.map(read));
}

function quantile(part: number, values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length * part)] ?? Number.NaN;
}
