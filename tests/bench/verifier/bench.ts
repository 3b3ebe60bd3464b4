import { readFile, writeFile } from 'node:fs/promises';
import { readCommandLine } from '../command-line.ts';
import { runHeader } from '../run-header.ts';
import { measureHeapGrowth } from './measure-heap-growth.ts';
import { measureSpeed } from './measure-speed.ts';
import { createSubjects } from './subjects.ts';

/** At most a tenth more than the library's own call with the same checks. */
const MAX_RATIO = 1.1;

/** What two garbage collections can differ by with nothing kept, in bytes. */
const MAX_GROWTH_BYTES = 1_000_000;

// The package does not export its manifest.
const LIBRARY = new URL('../../node_modules/aws-jwt-verify/package.json', import.meta.url);
const RESULTS = new URL('../results/verifier.md', import.meta.url);

const { counts, isFull } = readCommandLine(
  {
    name: 'bench:verifier',
    description:
      'Compares the verifier with the bare aws-jwt-verify. Ends with 2 if a target is missed.',
  },
  {
    rounds: { description: 'rounds of pairs', full: 31 },
    verifications: { description: 'verifications over which the heap is watched', full: 1_000_000 },
  },
);
const { rounds, verifications } = counts;

const subjects = createSubjects({ tokenCount: 500 });
const { ratio, ratioSpread, oursUs, bareUs } = await measureSpeed(subjects, { rounds });
const growthBytes = await measureHeapGrowth(subjects, { verifications });

const { version } = JSON.parse(await readFile(LIBRARY, 'utf8')) as { version: string };
const table = [
  '# What the verifier adds to aws-jwt-verify',
  '',
  `${runHeader({ 'aws-jwt-verify': version })} Both verify the same tokens with the same checks in pairs of small`,
  `batches that take turns, ${rounds} rounds of ${subjects.tokens.length} tokens. The ratio is that of a pair; it need not be that of the`,
  'medians. Made by `npx -y pnpm@12 bench:verifier`.',
  '',
  '| figure | value | target |',
  '| --- | --- | --- |',
  `| one verification, ours, median, µs | ${oursUs.toFixed(1)} | |`,
  `| one verification, bare aws-jwt-verify, median, µs | ${bareUs.toFixed(1)} | |`,
  `| ours ÷ bare, median pair | ${ratio.toFixed(3)} | ≤ ${MAX_RATIO} |`,
  `| ours ÷ bare, middle half of the pairs | ${ratioSpread.map((edge) => edge.toFixed(3)).join(' to ')} | |`,
  `| heap growth over ${verifications} verifications, one in ten refused, kB | ${Math.round(growthBytes / 1000)} | ≤ ${MAX_GROWTH_BYTES / 1000} |`,
  '',
].join('\n');
process.stdout.write(table);
if (isFull) await writeFile(RESULTS, table);

process.exitCode = ratio <= MAX_RATIO && growthBytes <= MAX_GROWTH_BYTES ? 0 : 2;
