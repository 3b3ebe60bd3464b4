import { TokenClientError } from './errors.ts';
import { type EntryContext, hasToken, renewEntry, type TokenEntry } from './token-entry.ts';
import { type AccessToken, isServable } from './token-life.ts';
import type { TokenRequest } from './token-request.ts';

/**
 * Waits for a token on behalf of one caller: retries what may pass until the caller's deadline, and never a refusal.
 *
 * Requests and pauses belong to the entry: however many callers wait, one request is on its way.
 *
 * @throws {TokenClientError} The last failure, or `ERR_TOKEN_TIMEOUT`; the reason of the caller's signal.
 */
export async function waitForToken(
  context: EntryContext,
  entry: TokenEntry,
  request: TokenRequest,
): Promise<AccessToken> {
  const { settings, clock } = context;
  const { monotonic } = settings.time;
  const { signal, timeoutMs = settings.timeoutMs } = request;
  const deadlineMs = monotonic() + timeoutMs;
  let last: unknown;
  for (let attempt = 1; attempt <= settings.maxAttempts; ) {
    if (!(await waitForTurn(context, entry, { deadlineMs, signal }))) break;
    if (entry.held !== undefined && hasToken(entry, clock.now())) return entry.held.answer;
    try {
      const flight = renewEntry(context, entry);
      const answer = await settle(context, flight, { deadlineMs, signal });
      if (answer === 'late') break;
      if (answer !== undefined) return answer;
    } catch (error) {
      if (!(error instanceof TokenClientError) || !error.retryable) throw error;
      last = error;
      attempt++;
    }
  }
  // Older than `maxAgeSeconds`, and the best that can be had.
  if (isServable(entry.held, clock.now())) return entry.held.answer;
  throw last ?? new TokenClientError('ERR_TOKEN_TIMEOUT', `The caller waited ${timeoutMs} ms.`);
}

/** When one caller stops waiting. */
interface Patience {
  readonly deadlineMs: number;
  readonly signal: AbortSignal | undefined;
}

/** @returns False if the pause after a failure lasts longer than the caller waits. */
async function waitForTurn(
  { settings }: EntryContext,
  entry: TokenEntry,
  { deadlineMs, signal }: Patience,
): Promise<boolean> {
  const { monotonic, sleep } = settings.time;
  if (entry.flight !== undefined) return true;
  if (entry.pausedUntilMs >= deadlineMs) return false;
  const pauseMs = entry.pausedUntilMs - monotonic();
  if (pauseMs > 0) await sleep(pauseMs, signal);
  return true;
}

async function settle<T>(
  { settings }: EntryContext,
  flight: Promise<T>,
  { deadlineMs, signal }: Patience,
): Promise<T | 'late'> {
  const { monotonic, sleep } = settings.time;
  const ended = new AbortController();
  const onAbort = () => ended.abort(signal?.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  const late = sleep(deadlineMs - monotonic(), ended.signal).then(() => 'late' as const);
  try {
    return await Promise.race([flight, late]);
  } finally {
    signal?.removeEventListener('abort', onAbort);
    late.catch(() => undefined);
    ended.abort();
  }
}
