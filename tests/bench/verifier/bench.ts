import { parseArgs } from 'node:util';
import { measureHeapGrowth, measureSpeed } from './measure.ts';
import { createSubjects } from './subjects.ts';

/*
 * npx -y pnpm@12 bench:verifier [--rounds 31] [--verifications 1000000]
 * Exits with 2 if a target is missed.
 */

/** At most a tenth more than the library's own call with the same checks. */
const MAX_RATIO = 1.1;

/** What two garbage collections can differ by with nothing kept, in bytes. */
const MAX_GROWTH_BYTES = 1_000_000;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '31' },
    verifications: { type: 'string', default: '1000000' },
  },
});

const subjects = createSubjects({ tokenCount: 500 });
const { ratio, oursUs, bareUs } = await measureSpeed(subjects, { rounds: Number(values.rounds) });
console.log(
  `one verification: ${oursUs.toFixed(1)} µs, bare aws-jwt-verify ${bareUs.toFixed(1)} µs`,
);
console.log(`ratio: ${ratio.toFixed(3)}, target at most ${MAX_RATIO}`);

const verifications = Number(values.verifications);
const growthBytes = await measureHeapGrowth(subjects, { verifications });
const growthKb = Math.round(growthBytes / 1000);
console.log(
  `heap growth over ${verifications} verifications, one in ten refused: ${growthKb} kB, ` +
    `target at most ${MAX_GROWTH_BYTES / 1000} kB`,
);

process.exitCode = ratio <= MAX_RATIO && growthBytes <= MAX_GROWTH_BYTES ? 0 : 2;
