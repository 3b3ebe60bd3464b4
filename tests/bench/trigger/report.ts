import { currentRuntimeClient } from '../../lambda-runtime/runtime-clients.ts';
import { runHeader } from '../run-header.ts';
import type { Variant, VariantName } from './build-variants.ts';
import type { Start } from './measure.ts';
import { SECTION_HEADING } from './result-page.ts';

/** One round: every variant measured once, in random order. */
export type Round = { readonly [name in VariantName]: Start };

/** One round of warm calls: processor time of a call in microseconds. */
export interface WarmRound {
  readonly bareHit: number;
  readonly ourHit: number;
  readonly handSignedRead: number;
  readonly ourRead: number;
}

/** The middle value. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((first, second) => first - second);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** The median of the ratios within each round: what slows the machine for a while slows both sides. */
function ratio<R>(rounds: readonly R[], above: (round: R) => number, below: (round: R) => number) {
  return median(rounds.map((round) => above(round) / below(round)));
}

/** Renders the results as the section of this version of Node.js. */
export function renderSection(
  variants: readonly Variant[],
  rounds: readonly Round[],
  warm: readonly WarmRound[],
): string {
  const ms = (name: VariantName, field: 'wholeStartMs' | 'loadAndFirstMs' | 'firstMs') =>
    median(rounds.map((round) => round[name][field])).toFixed(1);
  const cpuUs = (name: keyof WarmRound) => median(warm.map((round) => round[name]));
  const variantRows = variants.map(({ name, sizeBytes }) => {
    const megabytes = median(rounds.map((round) => round[name].rssBytes)) / 1e6;
    const times = [ms(name, 'wholeStartMs'), ms(name, 'loadAndFirstMs'), ms(name, 'firstMs')];
    return `| ${name} | ${(sizeBytes / 1000).toFixed(1)} | ${times.join(' | ')} | ${megabytes.toFixed(1)} |`;
  });
  const targetRows = targets(variants, rounds, warm).map(
    ([figure, value, target]) =>
      `| ${figure} | ${value.toFixed(3)} | ≤ ${target} | ${value <= target ? 'reached' : 'missed'} |`,
  );
  return `${SECTION_HEADING}${Number.parseInt(process.versions.node, 10)}

${runHeader(versions())}
${rounds.length} shuffled rounds, a new process each in ${currentRuntimeClient().name}, one processor, DynamoDB answered over TLS on loopback.

| variant | KB | whole start, ms | load + first, ms | first call, ms | memory, MB |
| --- | --- | --- | --- | --- | --- |
${variantRows.join('\n')}

| figure | ratio | target | |
| --- | --- | --- | --- |
${targetRows.join('\n')}

Warm, processor time of all threads: a hit with its log line and metrics ${cpuUs('ourHit').toFixed(1)} µs (bare ${cpuUs('bareHit').toFixed(2)} µs), a read
${cpuUs('ourRead').toFixed(0)} µs (hand-signed ${cpuUs('handSignedRead').toFixed(0)} µs).
`;
}

type Target = readonly [figure: string, value: number, target: number];

function targets(
  variants: readonly Variant[],
  rounds: readonly Round[],
  warm: readonly WarmRound[],
): Target[] {
  const size = (name: VariantName) => variants.find((one) => one.name === name)?.sizeBytes ?? 0;
  const pair = (field: 'wholeStartMs' | 'loadAndFirstMs' | 'firstMs', below: VariantName) =>
    ratio(
      rounds,
      ({ ours }) => ours[field],
      (round) => round[below][field],
    );
  const overBare = (name: VariantName) => (round: Round) =>
    round[name].rssBytes - round.bare.rssBytes;
  return [
    ['bundle bytes ÷ naive', size('ours') / size('naive'), 0.085],
    ['load + first ÷ naive', pair('loadAndFirstMs', 'naive'), 0.36],
    ['whole start ÷ bare', pair('wholeStartMs', 'bare'), 2.65],
    ['first invocation after prewarm ÷ naive', pair('firstMs', 'naive'), 0.2],
    ['memory over bare ÷ naive', ratio(rounds, overBare('ours'), overBare('naive')), 0.32],
    [
      'warm hit with log line and metrics, processor time ÷ bare',
      ratio(
        warm,
        ({ ourHit }) => ourHit,
        ({ bareHit }) => bareHit,
      ),
      130,
    ],
    [
      'warm read, processor time ÷ hand-signed',
      ratio(
        warm,
        ({ ourRead }) => ourRead,
        ({ handSignedRead }) => handSignedRead,
      ),
      3.8,
    ],
  ];
}

/** The libraries that decide about the figures. */
const LIBRARIES = [
  'esbuild',
  '@aws-sdk/client-dynamodb',
  '@middy/core',
  '@aws-lambda-powertools/logger',
];

function versions(): { [library: string]: string } {
  return Object.fromEntries(LIBRARIES.map((library) => [library, versionOf(library)]));
}

/** pnpm keeps each package in a folder that ends with its version. */
function versionOf(library: string): string {
  const folder = new RegExp(`${library.replace('/', '\\+')}@([\\d.]+)`);
  return folder.exec(import.meta.resolve(library))?.[1] ?? 'unknown';
}
