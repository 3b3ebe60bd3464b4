import { VerifyError } from './errors.ts';

/**
 * Reads a document of an issuer, and makes of it what `parse` returns. What `parse` throws is a failure of the issuer like
 * any other.
 */
export type DocumentFetcher = <T>(url: string, parse: (document: ArrayBuffer) => T) => Promise<T>;

/** How long a failure answers for the issuer, in milliseconds: a service under load does not wait again for each token. */
const FAILURE_HOLD_MS = 1_000;

/** As strict as the decoder of aws-jwt-verify, which reads the keys once more: a byte order mark is not valid JSON. */
const TEXT = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Answers that may be another one soon. */
const RETRYABLE_STATUSES: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);

/**
 * Creates a fetcher of keys and discovery documents: two attempts, no redirects, and a failure is remembered for a second,
 * be it no answer or one that can't be used.
 *
 * Our own instead of the one in aws-jwt-verify, which can't read from a local `http:` issuer and asks an issuer that is down
 * again for every token.
 *
 * @param options.timeoutMs - Budget of one attempt, in milliseconds.
 * @param options.clock - Milliseconds since any moment.
 */
export function createDocumentFetcher(options: {
  readonly timeoutMs: number;
  readonly clock: () => number;
}): DocumentFetcher {
  const { timeoutMs, clock } = options;
  const failures = new Map<string, { readonly error: unknown; readonly until: number }>();
  return async (url, parse) => {
    const failure = failures.get(url);
    if (failure !== undefined && clock() < failure.until) throw failure.error;
    try {
      const document = await attempt(url, timeoutMs).catch((error: unknown) => {
        if (error instanceof VerifyError && !error.retryable) throw error;
        return attempt(url, timeoutMs);
      });
      const parsed = parse(document);
      failures.delete(url);
      return parsed;
    } catch (error) {
      failures.set(url, { error, until: clock() + FAILURE_HOLD_MS });
      throw error;
    }
  };
}

async function attempt(url: string, timeoutMs: number): Promise<ArrayBuffer> {
  const response = await fetch(url, {
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
  }).catch((cause: unknown) => {
    throw unavailable(url, `no answer (${reasonOf(cause)})`, cause);
  });
  if (response.ok) {
    return response.arrayBuffer().catch((cause: unknown) => {
      throw unavailable(url, 'the answer broke off', cause);
    });
  }
  await response.body?.cancel();
  const problem = `status ${response.status}`;
  if (RETRYABLE_STATUSES.has(response.status)) throw unavailable(url, problem);
  throw invalidDocument(url, problem);
}

/** What the system or its TLS library said, such as `ECONNREFUSED` or `CERT_HAS_EXPIRED`. */
function reasonOf(error: unknown): string {
  const { name, cause } = error as { name?: string; cause?: { code?: string } };
  return cause?.code ?? name ?? 'unknown';
}

function unavailable(url: string, problem: string, cause?: unknown): VerifyError {
  return new VerifyError('ERR_ISSUER_UNAVAILABLE', { detail: `${url}: ${problem}.`, cause });
}

/**
 * Parses a document as JSON.
 *
 * @throws {VerifyError} `ERR_ISSUER_INVALID`; the parser's own message would quote the document.
 */
export function parseJson(url: string, document: ArrayBuffer): unknown {
  try {
    return JSON.parse(TEXT.decode(document));
  } catch {
    throw invalidDocument(url, 'it is not valid JSON');
  }
}

/** Makes the error of a document that cannot be used. */
export function invalidDocument(url: string, problem: string): VerifyError {
  return new VerifyError('ERR_ISSUER_INVALID', { detail: `${url}: ${problem}.` });
}
