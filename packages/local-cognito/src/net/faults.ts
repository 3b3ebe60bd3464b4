import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../model/fault.ts';

/** The faults that tests ask for, and the quota. */
export interface Faults {
  /** Adds a fault; they come one after the other. */
  add(fault: Fault): void;
  /** Takes the fault of the next request; `undefined` for none. */
  next(): Fault | undefined;
  /**
   * Answers a request with a fault.
   *
   * @returns False if the fault was only a delay, and the request is still to be answered.
   */
  send(fault: Fault, response: ServerResponse): Promise<boolean>;
}

async function sendFault(fault: Fault, response: ServerResponse): Promise<boolean> {
  if (fault.delayMs !== undefined) await sleep(fault.delayMs);
  if (fault.reset) {
    response.socket?.resetAndDestroy();
    return true;
  }
  if (fault.status === undefined) return false;
  const { body = '' } = fault;
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const type = typeof body === 'string' ? 'text/plain' : 'application/json;charset=UTF-8';
  response.writeHead(fault.status, { 'content-type': type, ...fault.headers }).end(text);
  return true;
}

/** What real pools send beyond the quota is not published; the status is. */
const BEYOND_QUOTA: Fault = { status: 429, body: { error: 'too_many_requests' } };

/**
 * Creates the faults of a server.
 *
 * @param tokensPerSecond - The quota of all pools; `undefined` for none. AWS has 150 per account and Region.
 * @param clock - Epoch milliseconds of the machine.
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html
 */
export function createFaults(
  tokensPerSecond: number | undefined,
  clock: () => number = Date.now,
): Faults {
  const queue: { fault: Fault; left: number }[] = [];
  let second = 0;
  let used = 0;

  function isBeyondQuota(): boolean {
    if (tokensPerSecond === undefined) return false;
    const now = Math.floor(clock() / 1000);
    used = now === second ? used + 1 : 1;
    second = now;
    return used > tokensPerSecond;
  }

  return {
    add(fault) {
      queue.push({ fault, left: fault.count ?? 1 });
    },
    send: sendFault,
    next() {
      const [first] = queue;
      if (first === undefined) return isBeyondQuota() ? BEYOND_QUOTA : undefined;
      first.left -= 1;
      if (first.left <= 0) queue.shift();
      return first.fault;
    },
  };
}
