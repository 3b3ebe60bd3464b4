import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { propertyOf } from '@cognito-m2m/claim-schema/values';

/** Why a document of an issuer cannot be used, for the log; its message holds no part of the answer. */
export class DocumentError extends Error {
  override readonly name = 'DocumentError';
}

/** Reads a JSON document. */
export type FetchJson = (url: string) => Promise<unknown>;

/** One attempt; two of them fit into the time budget of a token. */
const ATTEMPT_TIMEOUT_MS = 1000;

/** The largest key sets of public issuers have some 20 KB. */
const MAX_DOCUMENT_BYTES = 65_536;

/** Hosts that never leave the machine. */
const LOOPBACK_HOSTS: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * Creates a reader of JSON documents over HTTPS: at most two attempts, no redirects, no proxies, at most 64 KB.
 *
 * Not `fetch`: loading it takes 27 ms of a cold start, and `node:https` is there for the claims table already.
 *
 * @param options.allowLoopbackHttp - Reads plain HTTP from this machine too, where everything else is local as well.
 * @param options.attemptTimeoutMs - The longest wait for one attempt, in milliseconds. @default 1000
 * @returns A function that rejects with a `DocumentError`.
 */
export function createJsonFetcher(options: {
  readonly allowLoopbackHttp: boolean;
  readonly attemptTimeoutMs?: number;
}): FetchJson {
  const { attemptTimeoutMs = ATTEMPT_TIMEOUT_MS } = options;
  return async (address) => {
    const url = new URL(address);
    const isLocal = options.allowLoopbackHttp && LOOPBACK_HOSTS.has(url.hostname);
    if (url.protocol !== 'https:' && !(isLocal && url.protocol === 'http:')) {
      throw new DocumentError('not an HTTPS address');
    }
    try {
      return await readOnce(url, attemptTimeoutMs);
    } catch (error) {
      if (error instanceof DocumentError) throw error;
      return await readOnce(url, attemptTimeoutMs).catch((cause: unknown) => {
        throw cause instanceof DocumentError ? cause : new DocumentError(describe(cause));
      });
    }
  };
}

/** An answer that may be another one soon. */
class StatusError extends Error {
  override readonly name = 'StatusError';

  constructor(statusCode: number) {
    super(`status ${statusCode}`);
  }
}

/** A refused document is refused at once; what the network or a 5xx caused rejects with another error. */
async function readOnce(url: URL, timeoutMs: number): Promise<unknown> {
  const body = await readBody(url, timeoutMs);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new DocumentError('not JSON');
  }
}

function readBody(url: URL, timeoutMs: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(timeoutMs);
    const headers = { accept: 'application/json' };
    const request = url.protocol === 'http:' ? requestHttp : requestHttps;
    const sent = request(url, { signal, headers }, (answer) => {
      const { statusCode = 0 } = answer;
      const fail = (error: Error) => {
        sent.destroy();
        reject(error);
      };
      if (statusCode >= 500 || statusCode === 429) return fail(new StatusError(statusCode));
      if (statusCode !== 200) return fail(new DocumentError(`status ${statusCode}`));
      const chunks: Buffer[] = [];
      let sizeBytes = 0;
      answer.on('data', (chunk: Buffer) => {
        sizeBytes += chunk.byteLength;
        if (sizeBytes > MAX_DOCUMENT_BYTES) fail(new DocumentError('larger than 64 KB'));
        else chunks.push(chunk);
      });
      answer.on('error', reject);
      answer.on('end', () => resolve(Buffer.concat(chunks)));
    });
    sent.on('error', reject);
    sent.end();
  });
}

/** By code or by status; the message of any other error may quote what was read. */
function describe(error: unknown): string {
  if (error instanceof StatusError) return error.message;
  const code = propertyOf(error, 'code');
  return code === 'ABORT_ERR' ? 'timeout' : String(code);
}
