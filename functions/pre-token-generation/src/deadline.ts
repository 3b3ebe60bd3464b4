import { StoreError } from '@cognito-m2m/claims-store/errors';

/**
 * Runs a read and gives up at a deadline, even if the read ignores its signal (a back-off between attempts does).
 *
 * @param timeoutMs - Milliseconds until the signal aborts and the promise rejects.
 * @throws {StoreError} `ERR_STORE_TIMEOUT` at the deadline; before it, whatever the read throws.
 */
export async function readWithin<T>(
  timeoutMs: number,
  read: (abortSignal: AbortSignal) => Promise<T>,
): Promise<T> {
  const abort = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new StoreError('ERR_STORE_TIMEOUT', `No answer within ${timeoutMs} ms.`));
      abort.abort();
    }, timeoutMs);
  });
  try {
    return await Promise.race([read(abort.signal), deadline]);
  } finally {
    clearTimeout(timer);
  }
}
