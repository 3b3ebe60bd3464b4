import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildVariants, type Variant, type VariantName } from './build-variants.ts';
import { type Measurement, measure } from './measure.ts';
import { type Round, renderSection, type WarmRound } from './report.ts';
import { putSection } from './result-page.ts';
import { type Stub, startStub } from './start-stub.ts';

/** `pnpm bench:trigger [rounds]`. */
const ROUNDS = Number(process.argv[2] ?? 21);
const HITS = 50_000;
const READS = 1000;
const PAGE = new URL('../results/trigger.md', import.meta.url);

function shuffled<T>(values: readonly T[]): T[] {
  return values
    .map((value) => ({ value, order: Math.random() }))
    .sort((first, second) => first.order - second.order)
    .map(({ value }) => value);
}

/** Runs named measurements one after the other, in random order. */
async function runShuffled<N extends string>(
  tasks: {
    readonly [name in N]: () => Promise<Measurement>;
  },
): Promise<{ [name in N]: Measurement }> {
  const results: [string, Measurement][] = [];
  for (const [name, task] of shuffled(Object.entries<() => Promise<Measurement>>(tasks))) {
    results.push([name, await task()]);
  }
  return Object.fromEntries(results) as { [name in N]: Measurement };
}

async function runRound(variants: readonly Variant[], stub: Stub): Promise<Round> {
  const tasks = variants.map(({ name, url }) => [name, () => measure(url, stub)] as const);
  return runShuffled<VariantName>(Object.fromEntries(tasks) as never);
}

function runWarmRound(variants: readonly Variant[], stub: Stub): Promise<WarmRound> {
  const urlOf = (wanted: VariantName) => variants.find(({ name }) => name === wanted)?.url ?? '';
  const hits = { warmCalls: HITS, cacheSeconds: 600 };
  const reads = { warmCalls: READS, cacheSeconds: 0 };
  return runShuffled({
    bareHit: () => measure(urlOf('bare'), stub, hits),
    ourHit: () => measure(urlOf('ours'), stub, hits),
    handSignedRead: () => measure(urlOf('hand-signed'), stub, reads),
    ourRead: () => measure(urlOf('ours'), stub, reads),
  });
}

const folder = await mkdtemp(join(tmpdir(), 'bench-trigger-'));
const variants = await buildVariants(folder);
const stub = await startStub(folder);
const rounds: Round[] = [];
const warmRounds: WarmRound[] = [];
// The first round fills the file cache and does not count.
await runRound(variants, stub);
for (let round = 0; round < ROUNDS; round += 1) {
  rounds.push(await runRound(variants, stub));
  warmRounds.push(await runWarmRound(variants, stub));
}
const section = renderSection(variants, rounds, warmRounds);
await writeFile(PAGE, putSection(await readFile(PAGE, 'utf8'), section));
process.stdout.write(section);
stub.close();
await rm(folder, { recursive: true });
