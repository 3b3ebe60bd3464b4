import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import autocannon from 'autocannon';

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

/** A token server in a process of its own. */
export interface Subject {
  readonly name: string;
  readonly child: ChildProcess;
  readonly url: string;
  readonly body: string;
  /** From the start of the process to the first token, in milliseconds; the median of five starts. */
  readonly firstTokenMs: number;
  /** Resident memory after the first token, in megabytes; the median of five starts, NaN where there is no `/proc`. */
  readonly memoryMb: number;
}

/** Tokens per second and latencies of one round. */
export interface Round {
  readonly tokensPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Processor time of the server on all cores, in milliseconds; NaN where there is no `/proc`. */
  readonly cpuMsPerToken: number;
}

/** A first token depends on luck with prime numbers: so many starts are looked at. */
const STARTS = 5;

/** How a token server is started, and what it says once it listens. */
export interface Command {
  readonly name: string;
  /** For Node.js. */
  readonly args: readonly string[];
  /** Makes the first line of JSON that it prints into a request for a token. */
  readonly toRequest: (line: never) => { readonly url: string; readonly body: string };
}

/** Starts a server five times, takes its first token each time and keeps the last one. */
export async function startSubject(command: Command): Promise<Subject> {
  const starts: Subject[] = [];
  for (let start = 0; start < STARTS; start += 1) {
    // One that is still stopping would share the processors with the next.
    await stop(starts.at(-1));
    starts.push(await startOnce(command));
  }
  const last = starts.at(-1) as Subject;
  return {
    ...last,
    firstTokenMs: median(starts.map(({ firstTokenMs }) => firstTokenMs)),
    memoryMb: median(starts.map(({ memoryMb }) => memoryMb)),
  };
}

/** The number in the middle. */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Ends a server and waits until it has ended. */
async function stop(subject: Subject | undefined): Promise<void> {
  if (subject === undefined) return;
  const ended = once(subject.child, 'exit');
  subject.child.kill();
  await ended;
}

async function startOnce({ name, args, toRequest }: Command): Promise<Subject> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith('{')) continue;
    const { url, body } = toRequest(JSON.parse(line) as never);
    const response = await fetch(url, { method: 'POST', headers: FORM, body });
    const text = await response.text();
    const firstTokenMs = performance.now() - startedAt;
    if (!response.ok) throw new Error(`${name} answered ${response.status}.`);
    requireSameWork(name, JSON.parse(text).access_token);
    return { name, child, url, body, firstTokenMs, memoryMb: readMemoryMb(child) };
  }
  throw new Error(`${name} ended without an address.`);
}

/** A server that issues opaque tokens, or signs with a smaller key, has less to do. */
function requireSameWork(name: string, token: string): void {
  const [header = '', , signature = ''] = token.split('.');
  const { alg } = JSON.parse(Buffer.from(header, 'base64url').toString() || '{}');
  const bits = Buffer.from(signature, 'base64url').length * 8;
  if (alg === 'RS256' && bits === 2048) return;
  throw new Error(`${name}: expected an RS256 token of a 2,048-bit key, got ${alg}, ${bits} bits.`);
}

/** Asks for tokens as fast as the server answers. */
export async function measureRound(
  { url, body, child }: Subject,
  connections: number,
  seconds: number,
): Promise<Round> {
  const load = { url, body, method: 'POST', headers: FORM, connections };
  const cpuMsBefore = readCpuMs(child);
  const result = await autocannon({ ...load, duration: seconds });
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${url}: not every answer is a token.`);
  return {
    tokensPerSecond: result['2xx'] / result.duration,
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
    cpuMsPerToken: (readCpuMs(child) - cpuMsBefore) / result['2xx'],
  };
}

/** @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function readCpuMs({ pid }: ChildProcess): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // What follows the name in parentheses: the 12th and 13th are user and system time in hundredths of a second.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return Number.NaN;
  }
}

/** @see https://man7.org/linux/man-pages/man5/proc_pid_status.5.html */
function readMemoryMb({ pid }: ChildProcess): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1024;
  } catch {
    return Number.NaN;
  }
}
