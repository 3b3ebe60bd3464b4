import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCommandLine } from '../command-line.ts';
import { buildVariants, type Variant, type VariantName } from './build-variants.ts';
import { measureStart, measureWarmCalls } from './measure.ts';
import { type Round, renderSection, type WarmRound } from './report.ts';
import { putSection } from './result-page.ts';
import { type Stub, startStub } from './start-stub.ts';

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
async function runShuffled<N extends string, R>(
  tasks: readonly (readonly [name: N, run: () => Promise<R>])[],
): Promise<{ [name in N]: R }> {
  const results: [N, R][] = [];
  for (const [name, run] of shuffled(tasks)) results.push([name, await run()]);
  return Object.fromEntries(results) as { [name in N]: R };
}

function runRound(variants: readonly Variant[], stub: Stub): Promise<Round> {
  return runShuffled(
    variants.map((variant) => [variant.name, () => measureStart(variant, stub)] as const),
  );
}

function runWarmRound(variants: readonly Variant[], stub: Stub): Promise<WarmRound> {
  const hits = { calls: HITS, cacheSeconds: 600 };
  const reads = { calls: READS, cacheSeconds: 0 };
  const task = (name: VariantName, options: typeof hits) => () =>
    measureWarmCalls(variants.find((variant) => variant.name === name) as Variant, stub, options);
  return runShuffled([
    ['bareHit', task('bare', hits)],
    ['ourHit', task('ours', hits)],
    ['handSignedRead', task('hand-signed', reads)],
    ['ourRead', task('ours', reads)],
  ] as const);
}

/** Leaves the first processor to what is measured: this process serves the table meanwhile. */
function stepAside(): void {
  const others = cpus().length - 1;
  if (others < 1) return;
  execFileSync('taskset', ['-a', '-c', '-p', `1-${others}`, String(process.pid)], {
    stdio: 'ignore',
  });
}

const { counts, isFull } = readCommandLine(
  {
    name: 'bench:trigger',
    description: 'Compares the trigger with four other handlers, cold and warm.',
  },
  { rounds: { description: 'rounds, each of a cold start and of warm calls', full: 21 } },
);
if (process.platform !== 'linux') {
  process.stderr.write(
    'bench:trigger binds processes to processors with taskset, which is on Linux only.\n',
  );
  process.exit(1);
}
stepAside();
const folder = await mkdtemp(join(tmpdir(), 'bench-trigger-'));
const variants = await buildVariants(folder);
const stub = await startStub(folder);
const rounds: Round[] = [];
const warmRounds: WarmRound[] = [];
// The first round fills the file cache and does not count.
await runRound(variants, stub);
for (let round = 0; round < counts.rounds; round += 1) {
  rounds.push(await runRound(variants, stub));
  warmRounds.push(await runWarmRound(variants, stub));
}
const section = renderSection(variants, rounds, warmRounds);
if (isFull) await writeFile(PAGE, putSection(await readFile(PAGE, 'utf8'), section));
process.stdout.write(section);
stub.close();
await rm(folder, { recursive: true });
