import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Stub } from './start-stub.ts';

/** What one process measured. */
export interface Measurement {
  /** From the start of the process to its first answer. */
  readonly wholeStartMs: number;
  /** Loading the module and the first answer. */
  readonly loadAndFirstMs: number;
  readonly firstMs: number;
  readonly rssBytes: number;
  /**
   * Processor time of one warm call, in warm runs only: elapsed time would count what else the machine did, and that more
   * for the longer run.
   */
  readonly cpuUs?: number;
}

const WORKER = fileURLToPath(new URL('worker.mjs', import.meta.url));

/**
 * Runs a bundle in a new process, on one processor.
 *
 * @param options.warmCalls - Warm calls to time after the first; none if left out.
 * @param options.cacheSeconds - For our bundle: 0 makes every call a read.
 */
export function measure(
  bundleUrl: string,
  stub: Stub,
  options: { readonly warmCalls?: number; readonly cacheSeconds?: number } = {},
): Promise<Measurement> {
  const { warmCalls = 0, cacheSeconds = 30 } = options;
  const mode = warmCalls > 0 ? 'warm' : 'cold';
  const args = ['-c', '0', process.execPath, WORKER, bundleUrl, mode, String(warmCalls)];
  const startedMs = performance.now();
  const child = spawn('taskset', args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      CLAIMS_TABLE_NAME: 'claims',
      CLAIMS_CACHE_SECONDS: String(cacheSeconds),
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_ENDPOINT_URL_DYNAMODB: stub.endpointUrl,
      NODE_EXTRA_CA_CERTS: stub.certificatePath,
      POWERTOOLS_TRACE_ENABLED: 'false',
    },
  });
  return new Promise((resolve, reject) => {
    let written = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      written += text;
      const result = /^RESULT (.*)$/m.exec(written)?.[1];
      if (result === undefined) return;
      resolve({ wholeStartMs: performance.now() - startedMs, ...JSON.parse(result) });
    });
    child.on('exit', (code) => {
      if (code !== 0) reject(new Error(`${bundleUrl} ended with ${code}: ${written}`));
    });
  });
}
