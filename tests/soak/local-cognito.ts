import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { LocalEnvironment } from '@cognito-m2m/local-cognito/environment';
import type { JSONWebKeySet } from 'jose';
import { readCommandLine } from '../bench/command-line.ts';
import { runHeader } from '../bench/run-header.ts';
import { createAnswerJudge } from './answer-judge.ts';
import { type Case, listCases } from './local-cases.ts';

const CONNECTIONS = 10;
/** The memory of each stretch may differ from that of all by this part of it. */
const MAX_DEVIATION = 0.1;
const STRETCHES = 20;
/** Caches fill and code is compiled in the first fifth; only what comes later counts. */
const WARM_UP_STRETCHES = STRETCHES / 5;
/** Memory goes up and down as garbage is collected; the median of so many samples does not. */
const SAMPLES_PER_STRETCH = 20;
const SAMPLES = STRETCHES * SAMPLES_PER_STRETCH;
const RESULTS = new URL('../bench/results/soak-local.md', import.meta.url);

const {
  counts: { requests: total },
  isFull,
} = readCommandLine(
  {
    name: 'soak:local',
    description:
      'Loads local Cognito with requests, a tenth malformed. Ends with 2 for a wrong answer, for memory that does not stay level and for a server that does not end well; far fewer requests end before the heap has its size.',
  },
  { requests: { description: 'token requests', full: 200_000 } },
);

const server = spawn(
  process.execPath,
  [
    toPath('../../packages/local-cognito/bin/start.cjs'),
    ...['--json', '--port=0', '--env=soak', '--environments', toPath('./environments')],
  ],
  { stdio: ['ignore', 'pipe', 'pipe'] },
);
let errors = '';
server.stderr.setEncoding('utf8').on('data', (text: string) => {
  errors += text;
});
const cognito = await readDeployment();
const [pool] = cognito.pools;
const judge = createAnswerJudge((await (await fetch(pool?.jwksUri ?? '')).json()) as JSONWebKeySet);
const { tokens, malformed } = listCases(cognito);

const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
const memoryMb: number[] = [];
let sent = 0;
const startedAt = performance.now();
await Promise.all(Array.from({ length: CONNECTIONS }, work));
const seconds = (performance.now() - startedAt) / 1000;
agent.destroy();
server.kill('SIGTERM');
const [exitCode] = await once(server, 'exit');

const settled = Array.from({ length: STRETCHES }, (_, stretch) =>
  median(memoryMb.slice(stretch * SAMPLES_PER_STRETCH, (stretch + 1) * SAMPLES_PER_STRETCH)),
).slice(WARM_UP_STRETCHES);
const middle = median(settled);
const deviation = Math.max(...settled.map((mb) => Math.abs(mb - middle) / middle));
const isPassed =
  judge.faults.length === 0 && deviation <= MAX_DEVIATION && exitCode === 0 && errors === '';
const page = formatPage();
console.log(page);
for (const fault of judge.faults.slice(0, 5)) console.log(fault);
if (errors !== '') console.log(`standard error:\n${errors}`);
if (isFull) await writeFile(RESULTS, page);
process.exitCode = isPassed ? 0 : 2;

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

async function work(): Promise<void> {
  while (sent < total) {
    sent += 1;
    if (sent % Math.ceil(total / SAMPLES) === 0) memoryMb.push(readMemoryMb());
    const [kind, place] = sent % 10 === 0 ? [malformed, sent / 10] : [tokens, sent];
    const next = kind[place % kind.length] as Case;
    await judge.judge(next, await send(next));
  }
}

function send({ contentType, body }: Case): Promise<string> {
  return new Promise((resolve) => {
    const headers = { 'content-type': contentType, 'content-length': body.length };
    const options = { agent, method: 'POST', headers };
    const call = request(pool?.tokenEndpoint ?? '', options, (response) => {
      let answer = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        answer += chunk;
      });
      response.on('end', () => resolve(answer));
    });
    call.on('error', (error) => resolve(`no answer: ${error.message}`));
    call.end(body);
  });
}

/** Resident memory of the server. */
function readMemoryMb(): number {
  const output = execFileSync('ps', ['-o', 'rss=', '-p', String(server.pid)], { encoding: 'utf8' });
  return Number(output) / 1024;
}

async function readDeployment(): Promise<LocalEnvironment> {
  for await (const line of createInterface({ input: server.stdout })) {
    if (line.startsWith('{')) return JSON.parse(line);
  }
  throw new Error(`The server ended before it listened: ${errors}`);
}

function formatPage(): string {
  return [
    `# Local Cognito under load: ${isPassed ? 'passed' : 'not passed'}`,
    '',
    `Made by \`npx -y pnpm@12 soak:local\`. ${runHeader()}`,
    '',
    `- ${total} requests over ${CONNECTIONS} connections in ${seconds.toFixed(0)} s, ${Math.round(total / seconds)}/s; a tenth malformed, in ${malformed.length} ways.`,
    `- Wrong answers: ${judge.faults.length}. ${judge.tokens} tokens of 3 clients in ${tokens.length} ways: all claims compared, every id new, ${judge.verified} signatures verified.`,
    `- Resident memory after the first fifth, median of each twentieth, MB: ${settled.map(Math.round).join(' ')}. Farthest from their median: ${(deviation * 100).toFixed(1)} %, at most ${MAX_DEVIATION * 100} % are allowed.`,
    `- Told to stop by SIGTERM it ended with ${exitCode}; its standard error held ${errors.length} characters.`,
    '',
  ].join('\n');
}

function toPath(file: string): string {
  return fileURLToPath(new URL(file, import.meta.url));
}
