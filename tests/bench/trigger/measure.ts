import { spawn } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { aClientCredentialsEvent } from '@cognito-m2m/claim-schema/testing';
import { lambdaVariables } from '../../lambda-runtime/lambda-variables.ts';
import { currentRuntimeClient } from '../../lambda-runtime/runtime-clients.ts';
import type { Variant } from './build-variants.ts';
import { AGENT, type Stub } from './start-stub.ts';

/** What one start measured. */
export interface Start {
  /** From the start of the process to its first answer. */
  readonly wholeStartMs: number;
  /** Loading the module and the first answer. */
  readonly loadAndFirstMs: number;
  readonly firstMs: number;
  readonly rssBytes: number;
}

/** Stands in for the addon of the runtime client, and writes what a start measured. */
const NATIVE_CLIENT = fileURLToPath(new URL('native-client.cjs', import.meta.url));
/** Calls a bundle again and again. */
const WARM_CALLS = fileURLToPath(new URL('warm-calls.mjs', import.meta.url));
/** Calls a library again and again. */
const VERIFY_CALLS = fileURLToPath(new URL('verify-calls.mjs', import.meta.url));

/** What a user's token can be verified with; the target is measured by the first, the smallest library that has every algorithm. */
export const VERIFIERS = ['jose', 'aws-jwt-verify', 'node:crypto'] as const;

/** Starts a bundle in a new process in AWS's runtime client, and has it answer one event. */
export async function measureStart(variant: Variant, stub: Stub): Promise<Start> {
  const args = ['--require', NATIVE_CLIENT, currentRuntimeClient().script];
  const variables = {
    ...variablesOf(variant, stub),
    CLAIMS_CACHE_SECONDS: '30',
    BENCH_ANSWER: answerOf(variant),
  };
  const startedMs = performance.now();
  const result = await runAlone<Omit<Start, 'wholeStartMs'>>(args, variables);
  return { wholeStartMs: performance.now() - startedMs, ...result };
}

/**
 * Calls a bundle many times in a new process.
 *
 * @param options.cacheSeconds - For our bundle: 0 makes every call a read.
 * @returns Processor time of one call in microseconds: elapsed time would count what else the machine did, and that more
 *   for the longer run.
 */
export async function measureWarmCalls(
  variant: Variant,
  stub: Stub,
  options: { readonly calls: number; readonly cacheSeconds: number },
): Promise<number> {
  const args = [WARM_CALLS, pathToFileURL(variant.file).href, String(options.calls)];
  const result = await runAlone<{ cpuUs: number }>(args, {
    ...variablesOf(variant, stub),
    CLAIMS_CACHE_SECONDS: String(options.cacheSeconds),
  });
  return result.cpuUs;
}

/** What must be in the answer of a variant; those without claims give the event back. */
function answerOf({ name }: Variant): string {
  if (name === 'user-token') return 'user-1';
  return name === 'bare' || name === 'middy-logger' ? 'userPoolId' : 'premium';
}

/**
 * Verifies one user's token many times with a library in a new process, with the key at hand.
 *
 * @returns Processor time of one call in microseconds.
 */
export async function measureVerifier(
  verifier: (typeof VERIFIERS)[number],
  { issuer }: Stub,
  calls: number,
): Promise<number> {
  const { cpuUs } = await runAlone<{ cpuUs: number }>([VERIFY_CALLS, verifier, String(calls)], {
    BENCH_TOKEN: issuer.sign(),
    BENCH_KEY: JSON.stringify(issuer.signer().jwks.keys[0]),
  });
  return cpuUs;
}

function variablesOf({ name, file }: Variant, stub: Stub) {
  const { issuer } = stub;
  const hasToken = name === 'user-token';
  const event = aClientCredentialsEvent(
    hasToken ? { clientId: AGENT, clientMetadata: { user_token: issuer.sign() } } : {},
  );
  return {
    ...lambdaVariables(dirname(file)),
    BENCH_EVENT: JSON.stringify(event),
    CLAIMS_TOKEN_ISSUERS: hasToken ? JSON.stringify([{ issuer: issuer.issuer }]) : '',
    CLAIMS_TABLE_NAME: 'claims',
    AWS_ENDPOINT_URL_DYNAMODB: stub.endpointUrl,
    NODE_EXTRA_CA_CERTS: stub.certificatePath,
    POWERTOOLS_TRACE_ENABLED: 'false',
  };
}

/** Runs Node.js on the first processor, up to the line with its result. */
function runAlone<R>(
  args: readonly string[],
  env: { readonly [name: string]: string },
): Promise<R> {
  const child = spawn('taskset', ['-c', '0', process.execPath, ...args], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  return new Promise((resolve, reject) => {
    let written = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      written += text;
      const result = /^RESULT (.*)$/m.exec(written)?.[1];
      if (result !== undefined) resolve(JSON.parse(result));
    });
    child.on('exit', (code) => {
      if (code !== 0) reject(new Error(`${args.join(' ')} ended with ${code}: ${written}`));
    });
  });
}
