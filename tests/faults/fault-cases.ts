import type { Fault } from '@cognito-m2m/claims-store/testing';

/** One fault and what is promised about it. */
export interface FaultCase {
  readonly name: string;
  readonly fault?: Fault;
  /** How far the wall clock of the function is off, in milliseconds. */
  readonly clockJumpMs?: number;
  /** Changes the stored baseline of the client, in the DynamoDB form. */
  readonly item?: { readonly [attribute: string]: unknown };
  /** Longest time to an answer without an older one in memory, in milliseconds; the machine's own delays included. */
  readonly coldBoundMs: number;
  /** The same with an older answer in memory. */
  readonly warmBoundMs: number;
  /** The codes of the cause that may be logged, where chance decides. @default the one that is logged */
  readonly causes?: readonly string[];
}

/** Attempts fail at once: back-off between three of them, and a slow machine. */
const AT_ONCE_MS = 1500;

/** The read budget of 2,500 ms, and a slow machine. Amazon Cognito waits 5,000 ms. */
const BUDGET_MS = 3500;

const error = (status: number, type: string): Fault => ({ kind: 'error', status, type });
const quick = { coldBoundMs: AT_ONCE_MS, warmBoundMs: AT_ONCE_MS };
const slow = { coldBoundMs: BUDGET_MS, warmBoundMs: AT_ONCE_MS };

/** Every fault of the table and of what it holds. */
export const FAULT_CASES: readonly FaultCase[] = [
  { name: 'connection refused', fault: { kind: 'refuse' }, ...quick },
  { name: 'connection reset in mid-answer', fault: { kind: 'reset' }, ...quick },
  { name: 'accepts and hangs', fault: { kind: 'hang' }, ...slow },
  { name: 'hangs in mid-answer', fault: { kind: 'hang-in-body' }, ...slow },
  { name: 'error 500', fault: error(500, 'InternalServerError'), ...quick },
  {
    name: 'throttling',
    fault: error(400, 'ThrottlingException'),
    // The pauses between attempts are random, and the time budget may end first.
    causes: ['ERR_STORE_THROTTLED', 'ERR_STORE_TIMEOUT'],
    ...slow,
  },
  { name: 'slow by 700 ms', fault: { kind: 'slow', ms: 700 }, ...slow },
  { name: 'slow by 3 s', fault: { kind: 'slow', ms: 3000 }, ...slow },
  {
    name: 'garbage instead of JSON',
    fault: { kind: 'body', text: '<html>canary</html>' },
    ...quick,
  },
  { name: 'empty body', fault: { kind: 'body', text: '' }, ...quick },
  { name: 'empty JSON object', fault: { kind: 'body', text: '{}' }, ...quick },
  { name: 'truncated body', fault: { kind: 'truncate' }, ...quick },
  { name: 'expired credentials', fault: error(400, 'ExpiredTokenException'), ...quick },
  { name: 'missing table', fault: error(400, 'ResourceNotFoundException'), ...quick },
  { name: 'missing permission', fault: error(400, 'AccessDeniedException'), ...quick },
  {
    name: 'clock one hour ahead',
    fault: { kind: 'clock-check' },
    clockJumpMs: 3_600_000,
    ...quick,
  },
  {
    name: 'clock one hour behind',
    fault: { kind: 'clock-check' },
    clockJumpMs: -3_600_000,
    ...quick,
  },
  { name: 'item of a future version', item: { itemVersion: { N: '2' } }, ...quick },
  { name: 'item with a wrong type', item: { claims: { S: 'canary' } }, ...quick },
  { name: 'item without an attribute', item: { owner: { NULL: true } }, ...quick },
  {
    name: 'number beyond 2^53',
    item: { claims: { M: { approval_limit: { N: '9007199254740993' } } } },
    ...quick,
  },
];
