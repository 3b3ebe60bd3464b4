import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCommandLine } from '../command-line.ts';
import { buildVariants, VARIANT_NAMES, type VariantName } from './build-variants.ts';
import { measureStart, measureVerifier, measureWarmCalls, VERIFIERS } from './measure.ts';
import { type Round, renderSection, type WarmRound } from './report.ts';
import { putSection } from './result-page.ts';
import { startStub } from './start-stub.ts';

const HITS = 20_000;
const TOKENS = 8000;
const READS = 600;
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

/** Leaves the first processor to what is measured: this process serves the table meanwhile. */
function stepAside(): void {
  const others = cpus().length - 1;
  if (others < 1) return;
  execFileSync('taskset', ['-a', '-c', '-p', `1-${others}`, String(process.pid)], {
    stdio: 'ignore',
  });
}

const { counts, only, isFull } = readCommandLine(
  {
    name: 'bench:trigger',
    description: 'Compares the trigger with five other handlers, cold and warm.',
    parts: ['user-token'],
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
const built = await buildVariants(folder);
const stub = await startStub(folder);

type Task<N> = readonly [name: N, run: () => Promise<number>];

const hits = (name: VariantName, calls: number) => () =>
  measureWarmCalls(built[name], stub, { calls, cacheSeconds: 600 });
const reads = (name: VariantName) => () =>
  measureWarmCalls(built[name], stub, { calls: READS, cacheSeconds: 0 });
const TOKEN_TASKS: readonly Task<keyof WarmRound>[] = [
  ['ourHit', hits('ours', HITS)],
  ['tokenHit', hits('user-token', TOKENS)],
  ...VERIFIERS.map((name) => [name, () => measureVerifier(name, stub, TOKENS)] as const),
];
const OTHER_TASKS: readonly Task<keyof WarmRound>[] = [
  ['bareHit', hits('bare', HITS)],
  ['loggerHit', hits('middy-logger', HITS)],
  ['handSignedRead', reads('hand-signed')],
  ['ourRead', reads('ours')],
];
const names = only === undefined ? VARIANT_NAMES : (['ours', 'user-token'] as const);
const warmTasks = only === undefined ? [...TOKEN_TASKS, ...OTHER_TASKS] : TOKEN_TASKS;
const runCold = (): Promise<Round> =>
  runShuffled(names.map((name) => [name, () => measureStart(built[name], stub)] as const));

const rounds: Round[] = [];
const warmRounds: WarmRound[] = [];
// The first round fills the file cache and does not count.
await runCold();
for (let round = 0; round < counts.rounds; round += 1) {
  rounds.push(await runCold());
  warmRounds.push(await runShuffled(warmTasks));
}
const section = renderSection(
  names.map((name) => built[name]),
  rounds,
  warmRounds,
);
if (isFull) await writeFile(PAGE, putSection(await readFile(PAGE, 'utf8'), section));
process.stdout.write(section);
await stub.close();
await rm(folder, { recursive: true });
