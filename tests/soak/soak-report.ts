import { runHeader } from '../bench/run-header.ts';
import type { MemoryTrend } from './memory-watch.ts';

/** What a soak counted. */
export interface SoakCounts {
  invocations: number;
  seconds: number;
  issued: number;
  /** Refused for a reason that the client's record or request gives. */
  refused: number;
  /** Refused because the table could not be read. */
  unavailable: number;
  stale: number;
  lines: number;
  /** Answers that are right for no version of the record that they may show. */
  wrong: number;
  /** Answers slower than they may be. */
  late: number;
  /** Known clients refused because of a table that was well. */
  refusedInFineWeather: number;
  /** The same, because the table itself answered too late: a machine that is too busy. */
  tableLateInFineWeather: number;
  unhandled: number;
}

/** One figure of the report; without a limit it is shown only. */
interface Figure {
  readonly name: string;
  readonly value: string;
  readonly limit?: string;
  readonly isKept?: boolean;
}

/** A share of all invocations below which the soak would prove little. */
const LEAST_ISSUED = 0.7;

/** The share of all invocations that a busy machine may make late in fine weather. */
const MOST_LATE = 0.001;

/** Compares every figure with its limit. */
export function judgeSoak(counts: SoakCounts, memory: readonly MemoryTrend[]): readonly Figure[] {
  const issued = counts.issued / counts.invocations;
  const none = (name: string, count: number) => ({
    name,
    value: String(count),
    limit: '0',
    isKept: count === 0,
  });
  return [
    { name: 'invocations', value: String(counts.invocations) },
    { name: 'seconds', value: String(counts.seconds) },
    {
      name: 'tokens issued, %',
      value: (issued * 100).toFixed(1),
      limit: `> ${LEAST_ISSUED * 100}`,
      isKept: issued > LEAST_ISSUED,
    },
    {
      name: 'tokens with an older answer',
      value: String(counts.stale),
      limit: '> 0',
      isKept: counts.stale > 0,
    },
    { name: 'refused by record or request', value: String(counts.refused) },
    { name: 'refused for want of the table', value: String(counts.unavailable) },
    none('wrong answers', counts.wrong),
    none('known clients refused in fine weather', counts.refusedInFineWeather),
    {
      name: 'refused in fine weather by a table that was late',
      value: String(counts.tableLateInFineWeather),
      limit: `≤ ${MOST_LATE * 1000} ‰`,
      isKept: counts.tableLateInFineWeather <= MOST_LATE * counts.invocations,
    },
    none('answers later than 4.9 s', counts.late),
    none('unhandled rejections', counts.unhandled),
    none('tokens without a log line', Math.max(0, counts.invocations - counts.lines)),
    ...memory.map(({ figure, beforeMb, afterMb, isFlat }) => ({
      name: `${figure}, second quarter → last, MB`,
      value: `${beforeMb.toFixed(1)} → ${afterMb.toFixed(1)}`,
      limit: 'flat, ± 10 %',
      isKept: isFlat,
    })),
  ];
}

/** Renders the page of results. */
export function renderSoakPage(figures: readonly Figure[]): string {
  const rows = figures.map(({ name, value, limit = '' }) => `| ${name} | ${value} | ${limit} |`);
  return `# The trigger under random faults for a long time

${runHeader()} The built bundle in one process, with 64 callers at a time, clients of five kinds whose
records keep changing, and every answer compared with the record. The table is well for two seconds, then faulty, then down. Made by \`npx -y pnpm@12 soak\`.

| figure | value | limit |
| --- | --- | --- |
${rows.join('\n')}
`;
}
