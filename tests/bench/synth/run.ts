import { writeFile } from 'node:fs/promises';
import { readCommandLine } from '../command-line.ts';
import { measureRound, type Round } from './measure.ts';
import { isReached, renderReport } from './report.ts';

const CLIENTS_PER_POOL = [1, 10, 100, 500];
const REPORT = new URL('../results/synth.md', import.meta.url);

const { counts, isFull } = readCommandLine(
  {
    name: 'bench:synth',
    description:
      'Measures the synthesis of 20 pools of up to 500 clients. Ends with 2 if a target is missed.',
  },
  {
    rounds: { description: 'rounds for each number of clients', full: 3 },
    clients: { description: 'largest number of clients of a pool', full: 500 },
  },
);

const cases = CLIENTS_PER_POOL.filter((clients) => clients <= counts.clients).map(
  (clientsPerPool) => ({ clientsPerPool, rounds: [] as Round[] }),
);
// Turn by turn, so that whatever else the machine does meets all of them.
for (let round = 0; round < counts.rounds; round += 1) {
  for (const { clientsPerPool, rounds } of cases) rounds.push(await measureRound(clientsPerPool));
}
const report = renderReport(cases);
process.stdout.write(report);
if (isFull) await writeFile(REPORT, report);
process.exitCode = isReached(cases) ? 0 : 2;
