import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import type { JSONWebKeySet } from 'jose';
import { readCommandLine } from '../bench/command-line.ts';
import { runHeader } from '../bench/run-header.ts';
import { createAnswerJudge } from './answer-judge.ts';
import { type Case, listCases } from './local-cases.ts';
import { type Door, openEnvironment, openPackage } from './local-doors.ts';

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

const pages: string[] = [];
let arePassed = true;
for (const open of [openEnvironment, openPackage]) {
  const { isPassed, page } = await soak(await open());
  arePassed &&= isPassed;
  pages.push(page);
}
const report = [
  `# Local Cognito under load: ${arePassed ? 'passed' : 'not passed'}`,
  '',
  `Made by \`npx -y pnpm@12 soak:local\`. ${runHeader()}`,
  '',
  ...pages,
].join('\n');
console.log(report);
if (isFull) await writeFile(RESULTS, report);
process.exitCode = arePassed ? 0 : 2;

/** Loads a server, ends it and judges both. */
async function soak(door: Door): Promise<{ isPassed: boolean; page: string }> {
  const [pool] = door.cognito.pools;
  const keySet = (await (await fetch(pool?.jwksUri ?? '')).json()) as JSONWebKeySet;
  const judge = createAnswerJudge(keySet);
  const { tokens, malformed } = listCases(door.cognito);
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const memoryMb: number[] = [];
  let sent = 0;
  const work = async () => {
    while (sent < total) {
      sent += 1;
      if (sent % Math.ceil(total / SAMPLES) === 0) memoryMb.push(readMemoryMb(door));
      const [kind, place] = sent % 10 === 0 ? [malformed, sent / 10] : [tokens, sent];
      const next = kind[place % kind.length] as Case;
      await judge.judge(next, await send(door, agent, next));
    }
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: CONNECTIONS }, work));
  const seconds = (performance.now() - startedAt) / 1000;
  agent.destroy();
  door.child.kill('SIGTERM');
  const [exitCode] = await once(door.child, 'exit');
  await door.close();

  const settled = Array.from({ length: STRETCHES }, (_, stretch) =>
    median(memoryMb.slice(stretch * SAMPLES_PER_STRETCH, (stretch + 1) * SAMPLES_PER_STRETCH)),
  ).slice(WARM_UP_STRETCHES);
  const middle = median(settled);
  const deviation = Math.max(...settled.map((mb) => Math.abs(mb - middle) / middle));
  const errors = door.errors();
  for (const fault of judge.faults.slice(0, 5)) console.log(fault);
  if (errors !== '') console.log(`standard error:\n${errors}`);
  const page = [
    `## For ${door.name}`,
    '',
    `- ${total} requests over ${CONNECTIONS} connections in ${seconds.toFixed(0)} s, ${Math.round(total / seconds)}/s; a tenth malformed, in ${malformed.length} ways.`,
    `- Wrong answers: ${judge.faults.length}. ${judge.tokens} tokens of 3 clients in ${tokens.length} ways: all claims compared, every id new, ${judge.verified} signatures verified.`,
    `- Resident memory after the first fifth, median of each twentieth, MB: ${settled.map(Math.round).join(' ')}. Farthest from their median: ${(deviation * 100).toFixed(1)} %, at most ${MAX_DEVIATION * 100} % are allowed.`,
    `- Told to stop by SIGTERM it ended with ${exitCode}; its standard error held ${errors.length} characters.`,
    '',
  ].join('\n');
  const isRight = judge.faults.length === 0 && errors === '' && exitCode === 0;
  return { isPassed: isRight && deviation <= MAX_DEVIATION, page };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function send({ tokenEndpoint }: Door, agent: Agent, { contentType, body }: Case): Promise<string> {
  return new Promise((resolve) => {
    const headers = { 'content-type': contentType, 'content-length': body.length };
    const call = request(tokenEndpoint, { agent, method: 'POST', headers }, (response) => {
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

/** Resident memory of a server. */
function readMemoryMb({ child }: Door): number {
  const output = execFileSync('ps', ['-o', 'rss=', '-p', String(child.pid)], { encoding: 'utf8' });
  return Number(output) / 1024;
}
