import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { measureRound, type Round, type Subject, startSubject } from './subject.ts';

/*
 * npx -y pnpm@12 bench:local [--rounds 3] [--seconds 4]
 * Exits with 2 if a target is missed.
 */

const MIN_TOKENS_PER_SECOND = 300;
/** Against the signatures of one core. */
const MIN_SIGNING_RATIO = 0.8;
/** Against every other server. */
const MIN_LEAD = 1.5;
const MAX_FIRST_TOKEN_MS = 1500;
const RESULTS = new URL('../results/local-cognito.md', import.meta.url);

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '4' },
  },
});
const [rounds, seconds] = [Number(values.rounds), Number(values.seconds)];

const subjects = [
  await startSubject('local Cognito', 'local-cognito.ts'),
  await startSubject('oauth2-mock-server', 'oauth2-mock-server.mjs'),
  await startSubject('oidc-provider', 'oidc-provider.mjs'),
];
const results = new Map(subjects.map(({ name }) => [name, [] as Round[]]));
const signatures: number[] = [];
// Turn by turn, so that whatever else the machine does meets all of them.
for (let round = 0; round < rounds; round += 1) {
  signatures.push(measureSignatures());
  for (const subject of subjects) {
    results.get(subject.name)?.push(await measureRound(subject, seconds));
  }
}
for (const { child } of subjects) child.kill();

const speeds = subjects.map(({ name }) => median(results.get(name) ?? [], 'tokensPerSecond'));
const [ours = 0, ...others] = speeds;
const signing = [...signatures].sort((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0;
const table = formatTable(subjects);
console.log(table);
await writeFile(RESULTS, table);

const isReached =
  ours >= MIN_TOKENS_PER_SECOND &&
  ours >= MIN_SIGNING_RATIO * signing &&
  others.every((other) => ours >= MIN_LEAD * other) &&
  (subjects[0]?.firstTokenMs ?? 0) <= MAX_FIRST_TOKEN_MS;
process.exitCode = isReached ? 0 : 2;

function formatTable(measured: readonly Subject[]): string {
  const rows = measured.map(({ name, firstTokenMs }, index) => {
    const speed = speeds[index] ?? 0;
    const all = results.get(name) ?? [];
    const latency = `${median(all, 'p50Ms')} / ${median(all, 'p99Ms')}`;
    const ratio = (speed / signing).toFixed(2);
    return `| ${name} | ${Math.round(speed)} | ${ratio} | ${latency} | ${Math.round(firstTokenMs)} |`;
  });
  return [
    '# Tokens per second of local token servers',
    '',
    `${new Date().toISOString().slice(0, 10)}, Node.js ${process.version}, ${cpus().length} × ${cpus()[0]?.model}. 10 connections, medians of ${rounds} rounds of ${seconds} s;`,
    'load, server and whatever else runs share the cores. Only local Cognito runs a trigger, in its worker.',
    '',
    '| server | tokens/s | ÷ signatures of one core | latency p50 / p99, ms | first token after process start, ms |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
    `\`openssl speed rsa2048\`, one core: ${Math.round(signing)} signatures/s.`,
    '',
    `Targets: at least ${MIN_TOKENS_PER_SECOND} tokens/s, ${MIN_SIGNING_RATIO} of one core's signatures, ${MIN_LEAD} × every other server, first token within ${MAX_FIRST_TOKEN_MS} ms.`,
    '',
  ].join('\n');
}

function median(values: readonly Round[], key: keyof Round): number {
  const sorted = values.map((value) => value[key]).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function measureSignatures(): number {
  const output = execFileSync('openssl', ['speed', '-seconds', '2', 'rsa2048'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  // "rsa 2048 bits 0.000551s 0.000016s   1816.1  62893.1": the third number is signatures per second.
  return Number(/^rsa 2048 bits +[\d.]+s +[\d.]+s +([\d.]+)/m.exec(output)?.[1]);
}
