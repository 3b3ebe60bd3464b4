import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { measureRound, type Round } from './measure.ts';
import { isReached, renderReport } from './report.ts';

/*
 * npx -y pnpm@12 bench:synth [--rounds 3]
 * Exits with 2 if a target is missed.
 */

const CLIENTS_PER_POOL = [1, 10, 100, 500];
const REPORT = new URL('../results/synth.md', import.meta.url);

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '3' } } });

const cases = CLIENTS_PER_POOL.map((clientsPerPool) => ({ clientsPerPool, rounds: [] as Round[] }));
// Turn by turn, so that whatever else the machine does meets all of them.
for (let round = 0; round < Number(values.rounds); round += 1) {
  for (const { clientsPerPool, rounds } of cases) rounds.push(await measureRound(clientsPerPool));
}
const report = renderReport(cases);
process.stdout.write(report);
await writeFile(REPORT, report);
process.exitCode = isReached(cases) ? 0 : 2;
