import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import type { MeasuredRun } from '../../support/measured-process.ts';
import { POOL_COUNT } from './bench-environment.ts';
import type { ProgramName, Round } from './measure.ts';

/** The rounds of one number of clients per pool. */
export interface Case {
  readonly clientsPerPool: number;
  readonly rounds: readonly Round[];
}

/** What the largest case must keep. */
const MAX_SYNTH_MS = 15_000;
const MAX_MEMORY_MB = 600;
/** How much dearer a client may get between the two largest cases. */
const MAX_GROWTH = 1.1;

/** A figure, what it must not be over, and how it reads. */
interface Target {
  readonly figure: string;
  readonly value: number;
  readonly max: number;
}

/** Renders the results as Markdown. @param cases - Smallest first. */
export function renderReport(cases: readonly Case[]): string {
  const rows = cases.map(({ clientsPerPool, rounds }) => {
    const clients = clientsPerPool * POOL_COUNT;
    const synthMs = middle(rounds, 'ours', 'durationMs');
    const cells = [
      clientsPerPool,
      clients,
      Math.round(synthMs),
      Math.round(middle(rounds, 'ours', 'peakMemoryMb')),
      (synthMs / clients).toFixed(2),
      Math.round(middle(rounds, 'command', 'durationMs')),
      Math.round(middle(rounds, 'loadOnly', 'durationMs')),
      Math.round(middle(rounds, 'blockPerClient', 'durationMs')),
      Math.round(middle(rounds, 'blockPerClient', 'peakMemoryMb')),
      ratioToBlocks(rounds).toFixed(2),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  const targets = targetsOf(cases).map(
    ({ figure, value, max }) =>
      `| ${figure} | ${round(value)} | ≤ ${max} | ${value <= max ? 'reached' : 'missed'} |`,
  );
  return `# Synth of ${POOL_COUNT} pools

${machine()} ${cases[0]?.rounds.length ?? 0} rounds, a new process each, started as \`cdktf\` starts it.
Medians; ratios are taken within a round. "A block per client" is CDKTF with a block for each resource of each client, as in
its tutorials. Made by \`npx -y pnpm@12 bench:synth\`.

| clients per pool | clients | synth, ms | memory, MB | ms per client | the whole \`cdktf synth\`, ms | only reading and checking the file, ms | a block per client, ms | its memory, MB | ours ÷ a block per client |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
${rows.join('\n')}

| figure | value | target | |
| --- | --- | --- | --- |
${targets.join('\n')}
`;
}

/** True if every target is reached. */
export function isReached(cases: readonly Case[]): boolean {
  return targetsOf(cases).every(({ value, max }) => value <= max);
}

function targetsOf(cases: readonly Case[]): Target[] {
  const [smallest, , middling, largest] = cases;
  if (smallest === undefined || middling === undefined || largest === undefined) return [];
  // What a client costs beyond what a synth of one client per pool costs anyway.
  const addedMs = ({ clientsPerPool, rounds }: Case) =>
    (middle(rounds, 'ours', 'durationMs') - middle(smallest.rounds, 'ours', 'durationMs')) /
    (clientsPerPool - smallest.clientsPerPool);
  return [
    {
      figure: `synth of ${POOL_COUNT} × ${largest.clientsPerPool} clients, ms`,
      value: middle(largest.rounds, 'ours', 'durationMs'),
      max: MAX_SYNTH_MS,
    },
    {
      figure: `its memory, MB`,
      value: middle(largest.rounds, 'ours', 'peakMemoryMb'),
      max: MAX_MEMORY_MB,
    },
    {
      figure: `a client more: at ${largest.clientsPerPool} per pool ÷ at ${middling.clientsPerPool}`,
      value: addedMs(largest) / addedMs(middling),
      max: MAX_GROWTH,
    },
  ];
}

function ratioToBlocks(rounds: readonly Round[]): number {
  return median(
    rounds.map(({ ours, blockPerClient }) => ours.durationMs / blockPerClient.durationMs),
  );
}

function middle(
  rounds: readonly Round[],
  program: ProgramName,
  field: 'durationMs' | 'peakMemoryMb',
): number {
  return median(rounds.map((each): MeasuredRun => each[program]).map((run) => run[field]));
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((first, second) => first - second);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function round(value: number): string {
  return value < 10 ? value.toFixed(2) : String(Math.round(value));
}

function machine(): string {
  const manifest = createRequire(import.meta.url).resolve('cdktf/package.json');
  const { version }: { version: string } = JSON.parse(readFileSync(manifest, 'utf8'));
  const date = new Date().toISOString().slice(0, 10);
  return `${date}. Node.js ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, cdktf ${version}.`;
}
