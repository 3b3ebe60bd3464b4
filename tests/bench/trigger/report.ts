import { keysOf } from '@cognito-m2m/claim-schema/values';
import { currentRuntimeClient } from '../../lambda-runtime/runtime-clients.ts';
import { runHeader } from '../run-header.ts';
import type { Variant, VariantName } from './build-variants.ts';
import type { Start } from './measure.ts';
import { SECTION_HEADING } from './result-page.ts';

/** One round: every variant that is measured, once, in random order. */
export type Round = { readonly [name in VariantName]?: Start };

/** One round of warm calls, those that are measured: processor time of a call in microseconds. */
export interface WarmRound {
  readonly bareHit?: number;
  /** Middy and the Logger of Powertools, with a line of the same size. */
  readonly loggerHit?: number;
  readonly ourHit?: number;
  /** With a verified token of a user. */
  readonly tokenHit?: number;
  readonly jose?: number;
  readonly 'aws-jwt-verify'?: number;
  readonly 'node:crypto'?: number;
  readonly handSignedRead?: number;
  readonly ourRead?: number;
}

/** The middle value. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((first, second) => first - second);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** The median of the ratios within each round: what slows the machine for a while slows both sides. */
function ratio<R>(
  rounds: readonly R[],
  above: (round: R) => number | undefined,
  below: (round: R) => number | undefined,
): number {
  return median(rounds.map((round) => (above(round) ?? Number.NaN) / (below(round) ?? Number.NaN)));
}

/** What each warm call is called on the page. */
const WARM_CALLS: { readonly [name in keyof Required<WarmRound>]: string } = {
  bareHit: 'bare',
  loggerHit: 'middy-logger: Middy and the Logger of Powertools, a line of the same size',
  ourHit: 'ours, a hit with its log line and metrics',
  tokenHit: 'user-token, a hit with its log line and metrics',
  jose: 'the bare call of jose',
  'aws-jwt-verify': 'the bare call of aws-jwt-verify',
  'node:crypto': 'the bare call of node:crypto, which does not parse the token',
  handSignedRead: 'hand-signed, a read',
  ourRead: 'ours, a read',
};

/**
 * Renders the results as the section of this version of Node.js.
 *
 * @param variants - Those that were measured; a figure about another one is left out.
 */
export function renderSection(
  variants: readonly Variant[],
  rounds: readonly Round[],
  warm: readonly WarmRound[],
): string {
  const ms = (name: VariantName, field: StartTime) =>
    median(rounds.map((round) => round[name]?.[field] ?? Number.NaN)).toFixed(1);
  const variantRows = variants.map(({ name, sizeBytes }) => {
    const megabytes = median(rounds.map((round) => round[name]?.rssBytes ?? Number.NaN)) / 1e6;
    const times = [ms(name, 'wholeStartMs'), ms(name, 'loadAndFirstMs'), ms(name, 'firstMs')];
    return `| ${name} | ${(sizeBytes / 1000).toFixed(1)} | ${times.join(' | ')} | ${megabytes.toFixed(1)} |`;
  });
  const warmRows = keysOf(WARM_CALLS).flatMap((name) => {
    const cpuUs = median(warm.map((round) => round[name] ?? Number.NaN));
    const digits = cpuUs < 1 ? 2 : cpuUs < 100 ? 1 : 0;
    return Number.isNaN(cpuUs) ? [] : `| ${WARM_CALLS[name]} | ${cpuUs.toFixed(digits)} |`;
  });
  return `${SECTION_HEADING}${Number.parseInt(process.versions.node, 10)}

${runHeader(versions())}
${rounds.length} shuffled rounds, a new process each in ${currentRuntimeClient().name}, one processor, DynamoDB and an issuer of users' tokens answered over TLS on loopback.

| cold | KB | whole start, ms | load + first, ms | first call, ms | memory, MB |
| --- | --- | --- | --- | --- | --- |
${variantRows.join('\n')}

| warm, processor time of all threads | µs |
| --- | --- |
${warmRows.join('\n')}

| figure | ratio | target | |
| --- | --- | --- | --- |
${figures(variants, rounds, warm).map(renderFigure).join('\n')}
`;
}

/** A ratio; without a target, it is there for comparison. */
type Figure = readonly [name: string, value: number, target?: number];

function renderFigure([name, value, target]: Figure): string {
  const verdict = value <= Number(target) ? 'reached' : 'missed';
  const rest = target === undefined ? '– | for comparison' : `≤ ${target} | ${verdict}`;
  return `| ${name} | ${value.toFixed(3)} | ${rest} |`;
}

type StartTime = 'wholeStartMs' | 'loadAndFirstMs' | 'firstMs';

function figures(
  variants: readonly Variant[],
  rounds: readonly Round[],
  warm: readonly WarmRound[],
): readonly Figure[] {
  const size = (name: VariantName) =>
    variants.find((one) => one.name === name)?.sizeBytes ?? Number.NaN;
  const start = (field: StartTime, below: VariantName, above: VariantName = 'ours') =>
    ratio(
      rounds,
      (round) => round[above]?.[field],
      (round) => round[below]?.[field],
    );
  const overBare = (name: VariantName) => (round: Round) =>
    Number(round[name]?.rssBytes) - Number(round.bare?.rssBytes);
  const hits = (above: keyof WarmRound, ...below: (keyof WarmRound)[]) =>
    ratio(
      warm,
      (round) => round[above],
      (round) => below.reduce((sum, name) => sum + (round[name] ?? Number.NaN), 0),
    );
  const all: Figure[] = [
    ['bundle bytes ÷ naive', size('ours') / size('naive'), 0.055],
    ['load + first ÷ hand-signed', start('loadAndFirstMs', 'hand-signed'), 1.8],
    ['load + first ÷ naive', start('loadAndFirstMs', 'naive'), 0.28],
    ['whole start ÷ bare', start('wholeStartMs', 'bare'), 2.2],
    ['first invocation after prewarm ÷ naive', start('firstMs', 'naive'), 0.12],
    ['memory over bare ÷ naive', ratio(rounds, overBare('ours'), overBare('naive')), 0.22],
    ['warm hit with log line and metrics ÷ middy-logger', hits('ourHit', 'loggerHit'), 0.8],
    ['warm read ÷ hand-signed', hits('ourRead', 'handSignedRead'), 2.5],
    ['load + first, user-token ÷ ours', start('loadAndFirstMs', 'ours', 'user-token')],
    ['warm hit with a user token ÷ (jose + warm hit)', hits('tokenHit', 'jose', 'ourHit'), 1.15],
    [
      'warm hit with a user token ÷ (aws-jwt-verify + warm hit)',
      hits('tokenHit', 'aws-jwt-verify', 'ourHit'),
    ],
    [
      'warm hit with a user token ÷ (node:crypto + warm hit)',
      hits('tokenHit', 'node:crypto', 'ourHit'),
    ],
  ];
  return all.filter(([, value]) => !Number.isNaN(value));
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
