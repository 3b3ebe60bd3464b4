import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { readCommandLine } from '../command-line.ts';
import { LOCAL_COGNITO, OTHERS } from './commands.ts';
import { measureAllCores, measureOneCore } from './signatures.ts';
import { measureRound, type Round, type Subject, startSubject } from './subject.ts';

const MIN_TOKENS_PER_SECOND = 300;
/** Against the signatures of one core. */
const MIN_SIGNING_RATIO = 0.8;
/** Against every other server. */
const MIN_LEAD = 1.5;
const MAX_FIRST_TOKEN_MS = 1500;
const RESULTS = new URL('../results/local-cognito.md', import.meta.url);

const { counts, isFull } = readCommandLine(
  {
    name: 'bench:local',
    description:
      'Compares local Cognito with two other servers. Ends with 2 if a target is missed.',
  },
  {
    rounds: { description: 'rounds for each server', full: 3 },
    seconds: { description: 'seconds of a round, and of the warm-up before the first', full: 4 },
  },
);
const { rounds, seconds } = counts;

const subjects: Subject[] = [];
for (const command of [LOCAL_COGNITO, ...OTHERS]) subjects.push(await startSubject(command));
const results = new Map(subjects.map(({ name }) => [name, [] as Round[]]));
for (const subject of subjects) await measureRound(subject, seconds);
const signatures: number[] = [];
const ceilings: number[] = [];
// Turn by turn, so that whatever else the machine does meets all of them.
for (let round = 0; round < rounds; round += 1) {
  signatures.push(measureOneCore());
  ceilings.push(await measureAllCores(seconds));
  for (const subject of subjects) {
    results.get(subject.name)?.push(await measureRound(subject, seconds));
  }
}
for (const { child } of subjects) child.kill();

const speeds = subjects.map(({ name }) => medianOf(name, 'tokensPerSecond'));
const [ours = 0, ...others] = speeds;
const signing = median(signatures);
const table = formatTable(subjects);
console.log(table);
if (isFull) await writeFile(RESULTS, table);

const isReached =
  ours >= MIN_TOKENS_PER_SECOND &&
  ours >= MIN_SIGNING_RATIO * signing &&
  others.every((other) => ours >= MIN_LEAD * other) &&
  (subjects[0]?.firstTokenMs ?? 0) <= MAX_FIRST_TOKEN_MS;
process.exitCode = isReached ? 0 : 2;

function formatTable(measured: readonly Subject[]): string {
  const rows = measured.map(({ name, firstTokenMs }, index) => {
    const speed = speeds[index] ?? 0;
    const cpu = medianOf(name, 'cpuMsPerToken').toFixed(2);
    const latency = `${medianOf(name, 'p50Ms')} / ${medianOf(name, 'p99Ms')}`;
    const ratios = `${(speed / signing).toFixed(2)} | ${(ours / speed).toFixed(2)}`;
    return `| ${name} | ${Math.round(speed)} | ${ratios} | ${cpu} | ${latency} | ${Math.round(firstTokenMs)} |`;
  });
  return [
    '# Tokens per second of local token servers',
    '',
    `${new Date().toISOString().slice(0, 10)}, Node.js ${process.version}, ${cpus().length} × ${cpus()[0]?.model}. 10 connections, medians of ${rounds} rounds of ${seconds} s after one to warm up;`,
    'autocannon, server and whatever else runs share the cores. All sign RS256 with a 2,048-bit key. Local Cognito checks client and scopes and',
    'runs the trigger in its worker; oidc-provider checks client and scopes; oauth2-mock-server checks neither. First tokens: medians of 5 starts,',
    'for local Cognito of the command `start` with its check that the bundle of the trigger is built.',
    '',
    '| server | tokens/s | ÷ signatures of one core | local Cognito ÷ it | CPU per token, ms | latency p50 / p99, ms | first token after process start, ms |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
    `\`openssl speed rsa2048\`, one core: ${Math.round(signing)} signatures/s. \`crypto.sign\` and nothing else, all cores: ${Math.round(median(ceilings))}/s.`,
    '',
    `Targets: at least ${MIN_TOKENS_PER_SECOND} tokens/s, ${MIN_SIGNING_RATIO} of one core's signatures, ${MIN_LEAD} × every other server, first token within ${MAX_FIRST_TOKEN_MS} ms.`,
    '',
  ].join('\n');
}

function medianOf(name: string, key: keyof Round): number {
  return median((results.get(name) ?? []).map((round) => round[key]));
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
