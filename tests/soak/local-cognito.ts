import { execFileSync, spawn } from 'node:child_process';
import { Agent, request } from 'node:http';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/*
 * npx -y pnpm@12 --filter @cognito-m2m/tests soak:local [--requests 200000]
 * A load of token requests, a tenth of them malformed. Exits with 2 for a wrong answer or for memory that grows;
 * far fewer requests end before the heap has its size.
 */

const CONNECTIONS = 10;
/** Memory may differ by this part of its middle value. */
const MAX_DRIFT = 0.1;
/** Caches fill and code is compiled in the first fifth; only what comes later counts. */
const WARM_UP = 0.2;
const SAMPLES = 20;
const FORM = 'application/x-www-form-urlencoded';
const SERVER = new URL('../bench/local-cognito/subjects/local-cognito.ts', import.meta.url);

const { values } = parseArgs({ options: { requests: { type: 'string', default: '200000' } } });
const total = Number(values.requests);

const server = spawn(process.execPath, ['--import', 'tsx', fileURLToPath(SERVER)], {
  stdio: ['ignore', 'pipe', 'pipe'],
});
let errors = '';
server.stderr.setEncoding('utf8').on('data', (text: string) => {
  errors += text;
});
const { url, body } = await readAddress();

/** Malformed bodies with the error that each must get. */
const MALFORMED: readonly (readonly [type: string, body: string, error: string])[] = [
  [FORM, body.replace('client_credentials', 'password'), 'unsupported_grant_type'],
  [FORM, body.replace(/client_secret=.*/, 'client_secret=wrong'), 'invalid_client'],
  [FORM, `${body}&scope=orders%2Fdelete`, 'invalid_scope'],
  [FORM, `${body}&grant_type=client_credentials`, 'invalid_request'],
  [FORM, `${body}&aws_client_metadata=%7B`, 'invalid_request'],
  ['application/json', body, 'invalid_request'],
  [FORM, 'x'.repeat(65_537), 'invalid_request'],
];

const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
const wrong: string[] = [];
const memoryKb: number[] = [];
let sent = 0;
const startedAt = performance.now();
await Promise.all(Array.from({ length: CONNECTIONS }, work));
const seconds = (performance.now() - startedAt) / 1000;
agent.destroy();
server.kill('SIGKILL');

const settled = memoryKb.slice(Math.ceil(memoryKb.length * WARM_UP));
const middle = [...settled].sort((a, b) => a - b)[Math.floor(settled.length / 2)] ?? 0;
const early = average(settled.slice(0, settled.length / 2));
const late = average(settled.slice(settled.length / 2));
const drift = (late - early) / middle;
console.log(`${total} requests in ${seconds.toFixed(0)} s, ${Math.round(total / seconds)}/s`);
console.log(`wrong answers: ${wrong.length}${wrong.slice(0, 3).map((line) => `\n  ${line}`)}`);
console.log(`memory: ${settled.map((kb) => Math.round(kb / 1024)).join(' ')} MB`);
console.log(`drift from the first to the second half: ${(drift * 100).toFixed(1)} %`);
if (errors !== '') console.log(`standard error:\n${errors}`);
process.exitCode = wrong.length === 0 && Math.abs(drift) <= MAX_DRIFT && errors === '' ? 0 : 2;

async function work(): Promise<void> {
  while (sent < total) {
    sent += 1;
    if (sent % Math.ceil(total / SAMPLES) === 0) memoryKb.push(readMemoryKb());
    const malformed = sent % 10 === 0 ? MALFORMED[(sent / 10) % MALFORMED.length] : undefined;
    const [type, text, expected] = malformed ?? [FORM, body, 'access_token'];
    const answer = await send(type, text);
    if (!answer.includes(`"${expected}"`)) wrong.push(`expected ${expected}: ${answer}`);
  }
}

function send(type: string, text: string): Promise<string> {
  return new Promise((resolve) => {
    const headers = { 'content-type': type, 'content-length': text.length };
    const call = request(url, { agent, method: 'POST', headers }, (response) => {
      let answer = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        answer += chunk;
      });
      response.on('end', () => resolve(answer));
    });
    call.on('error', (error) => resolve(`no answer: ${error.message}`));
    call.end(text);
  });
}

/** Resident memory of the server. */
function readMemoryKb(): number {
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(server.pid)], { encoding: 'utf8' }));
}

async function readAddress(): Promise<{ url: string; body: string }> {
  for await (const line of createInterface({ input: server.stdout })) {
    if (line.startsWith('{')) return JSON.parse(line);
  }
  throw new Error(`The server ended before it listened: ${errors}`);
}

function average(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}
