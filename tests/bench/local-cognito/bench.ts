import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { readCommandLine } from '../command-line.ts';
import { OTHERS, PACKAGE, START } from './commands.ts';
import { measureAllCores, measureOneCore } from './signatures.ts';
import { measureRound, median, type Round, type Subject, startSubject } from './subject.ts';

const CONNECTIONS = [1, 10, 100] as const;
/** The numbers of connections with which the package has to be so many times faster than the others: with one, they wait alike. */
const COMPARED = [10, 100] as const;
const MIN_TOKENS_PER_SECOND = 300;
/** Against the signatures of one core. */
const MIN_SIGNING_RATIO = 0.8;
const MAX_FIRST_TOKEN_MS = 500;
const MAX_MEMORY_MB = 120;
const RESULTS = new URL('../results/local-cognito.md', import.meta.url);

const { counts, isFull } = readCommandLine(
  {
    name: 'bench:local',
    description:
      'Compares local Cognito with two other servers. Ends with 2 if a target is missed.',
  },
  {
    rounds: { description: 'rounds for each server and number of connections', full: 3 },
    seconds: { description: 'seconds of a round, and of the warm-up before the first', full: 4 },
  },
);
const { rounds, seconds } = counts;

const subjects: Subject[] = [];
for (const command of [PACKAGE, START, ...OTHERS]) subjects.push(await startSubject(command));
const results = new Map<string, Round[]>();
for (const subject of subjects) await measureRound(subject, 10, seconds);
const signatures: number[] = [];
const ceilings: number[] = [];
// Turn by turn, so that whatever else the machine does meets all of them.
for (let round = 0; round < rounds; round += 1) {
  signatures.push(measureOneCore());
  ceilings.push(await measureAllCores(seconds));
  for (const connections of CONNECTIONS) {
    for (const subject of subjects) {
      const key = keyOf(subject.name, connections);
      const measured = await measureRound(subject, connections, seconds);
      results.set(key, [...(results.get(key) ?? []), measured]);
    }
  }
}
for (const { child } of subjects) child.kill();

const signing = median(signatures);
const speed = speedOf(PACKAGE.name, 10);
const missed = [
  speed < MIN_TOKENS_PER_SECOND && `fewer than ${MIN_TOKENS_PER_SECOND} tokens/s`,
  speed < MIN_SIGNING_RATIO * signing && `fewer than ${MIN_SIGNING_RATIO} × one core's signatures`,
  ...OTHERS.flatMap(({ name, minLead }) =>
    COMPARED.map(
      (connections) =>
        leadOver(name, connections) < minLead &&
        `less than ${minLead} × ${name} with ${connections} connections`,
    ),
  ),
  (subjects[0]?.firstTokenMs ?? 0) > MAX_FIRST_TOKEN_MS &&
    `first token after more than ${MAX_FIRST_TOKEN_MS} ms`,
  (subjects[0]?.memoryMb ?? 0) > MAX_MEMORY_MB && `more than ${MAX_MEMORY_MB} MB after the start`,
].filter((problem) => problem !== false);
const page = formatPage();
console.log(page);
if (isFull) await writeFile(RESULTS, page);
process.exitCode = missed.length === 0 ? 0 : 2;

function formatPage(): string {
  const rows = subjects.map(({ name, firstTokenMs, memoryMb }) => {
    const speeds = CONNECTIONS.map((connections) => Math.round(speedOf(name, connections)));
    const leads = COMPARED.map((connections) => leadOver(name, connections).toFixed(2));
    const cpu = medianOf(name, 10, 'cpuMsPerToken').toFixed(2);
    const latency = `${medianOf(name, 10, 'p50Ms')} / ${medianOf(name, 10, 'p99Ms')}`;
    const start = `${Math.round(firstTokenMs)} | ${Math.round(memoryMb)}`;
    return `| ${name} | ${speeds.join(' | ')} | ${leads.join(' | ')} | ${cpu} | ${latency} | ${start} |`;
  });
  return [
    '# Tokens per second of local token servers',
    '',
    `${new Date().toISOString().slice(0, 10)}, Node.js ${process.version}, ${cpus().length} × ${cpus()[0]?.model}. Medians of ${rounds} rounds of ${seconds} s after one to warm up;`,
    'autocannon, server and whatever else runs share the cores. All sign RS256 with a 2,048-bit key. Local Cognito checks client and scopes and',
    'runs a trigger in its worker: the package one that adds fixed claims, `start` the production trigger over the claims table. oidc-provider checks',
    'client and scopes; oauth2-mock-server checks neither. First tokens and memory: medians of 5 starts, from the start of the process; `start` also',
    'checks that the bundle of the trigger is built.',
    '',
    '| server | tokens/s, 1 connection | 10 | 100 | package ÷ it, 10 | 100 | CPU per token, ms | latency p50 / p99, ms | first token, ms | memory then, MB |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
    `\`openssl speed rsa2048\`, one core: ${Math.round(signing)} signatures/s. \`crypto.sign\` and nothing else, all cores: ${Math.round(median(ceilings))}/s.`,
    '',
    `Targets of the package: at least ${MIN_TOKENS_PER_SECOND} tokens/s, ${MIN_SIGNING_RATIO} of one core's signatures, ${OTHERS.map(({ name, minLead }) => `${minLead} × ${name}`).join(', ')}, first token within ${MAX_FIRST_TOKEN_MS} ms, at most ${MAX_MEMORY_MB} MB. ${missed.length === 0 ? 'All are reached.' : `Missed: ${missed.join('; ')}.`}`,
    '',
  ].join('\n');
}

function leadOver(name: string, connections: number): number {
  return speedOf(PACKAGE.name, connections) / speedOf(name, connections);
}

function speedOf(name: string, connections: number): number {
  return medianOf(name, connections, 'tokensPerSecond');
}

function medianOf(name: string, connections: number, key: keyof Round): number {
  return median((results.get(keyOf(name, connections)) ?? []).map((round) => round[key]));
}

function keyOf(name: string, connections: number): string {
  return `${name} with ${connections}`;
}
