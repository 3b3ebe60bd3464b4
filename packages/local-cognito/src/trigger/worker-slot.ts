import { Worker } from 'node:worker_threads';
import { fail, succeed } from '../model/outcome.ts';
import {
  TIMED_OUT,
  type TriggerCall,
  type TriggerFailure,
  type TriggerResult,
  WORKER_ENDED,
} from './trigger-call.ts';
import type { WorkerOptions } from './trigger-options.ts';

/**
 * Starts a thread that imports the bundle and then handles events.
 *
 * @param nextId - See `HandOver`.
 */
function startWorker(options: WorkerOptions, nextId: Int32Array): Worker {
  const { environment, onLog, ...described } = options;
  const worker = new Worker(new URL('./trigger-worker.mjs', import.meta.url), {
    workerData: { ...described, nextId, hasLog: onLog !== undefined },
    env: { ...environment },
    // The loaders of this process (tsx) have no place in the function.
    execArgv: [],
    stdout: true,
    stderr: true,
  });
  for (const stream of [worker.stdout, worker.stderr]) {
    stream.setEncoding('utf8');
    // Without a reader the stream would fill up.
    stream.on('data', (text: string) => onLog?.(text));
  }
  return worker;
}

/** One worker, which handles one event at a time as one Lambda execution environment does. */
export interface WorkerSlot {
  /** False once the worker has ended; another one has to be started. */
  readonly isAlive: boolean;
  /** True once the bundle is loaded. */
  readonly isReady: boolean;
  /** Settles once the bundle is loaded, or with the reason why it cannot be. */
  readonly loaded: Promise<TriggerFailure | undefined>;
  readonly isBusy: boolean;
  /** How many more calls it takes now. */
  readonly room: number;
  take(call: TriggerCall): void;
  /**
   * Ends the worker if its event is too late, and takes back what waits behind an event that was under way at the last
   * review.
   *
   * @param now - Epoch milliseconds.
   * @returns The calls taken back, the oldest first.
   */
  review(now: number): TriggerCall[];
  close(): Promise<void>;
}

/** So many calls lie ready in the worker that it never waits for the next one. */
const MAX_CALLS = 16;

/** What one slot knows of its worker. */
interface SlotState {
  readonly worker: Worker;
  readonly calls: HandOver;
  /** Calls that go to the worker at the end of this turn of the event loop. */
  readonly outbox: { readonly id: number; readonly event: string; readonly deadline: number }[];
  isAlive: boolean;
  isReady: boolean;
  isSlow: boolean;
  /** The call that was under way at the last review. */
  reviewedId: number | undefined;
}

/**
 * Starts a worker; it imports the bundle before it begins its first event.
 *
 * @param onChange - Called when the worker has room again or has ended, with the calls that it never began.
 */
export function createWorkerSlot(
  options: WorkerOptions,
  onChange: (returned: readonly TriggerCall[]) => void,
): WorkerSlot {
  const calls = createHandOver();
  const slot: SlotState = {
    worker: startWorker(options, calls.nextId),
    calls,
    outbox: [],
    isAlive: true,
    isReady: false,
    isSlow: false,
    reviewedId: undefined,
  };
  return {
    get isAlive() {
      return slot.isAlive;
    },
    get isReady() {
      return slot.isReady;
    },
    loaded: follow(slot, onChange),
    get isBusy() {
      return calls.size > 0;
    },
    get room() {
      return slot.isAlive && !slot.isSlow ? MAX_CALLS - calls.size : 0;
    },
    take: (call) => post(slot, call),
    review: (now) => review(slot, now),
    async close() {
      slot.isAlive = false;
      settleAll(calls, fail(WORKER_ENDED));
      await slot.worker.terminate();
    },
  };
}

/** Follows what the worker says until its end. @returns `loaded` of the slot. */
function follow(
  slot: SlotState,
  onChange: (returned: readonly TriggerCall[]) => void,
): WorkerSlot['loaded'] {
  const load = createLoad();
  listen(slot.worker, {
    onReady() {
      slot.isReady = true;
      load.settle(undefined);
    },
    onAnswer(answer) {
      slot.isSlow = false;
      slot.calls.shift()?.settle(answer);
      onChange([]);
    },
    onEnd(failure) {
      slot.isAlive = false;
      load.settle(failure);
      // A worker that could not even load fails its calls: the next one would fare no better.
      const returned = slot.isReady ? slot.calls.takeBack() : [];
      settleAll(slot.calls, fail(failure));
      onChange(returned);
    },
  });
  return load.settled;
}

function post({ worker, calls, outbox }: SlotState, call: TriggerCall): void {
  // Waking the other thread costs more than the call: those of one turn of the event loop go together.
  if (outbox.length === 0) setImmediate(() => worker.postMessage(outbox.splice(0)));
  outbox.push({ id: calls.add(call), event: call.event, deadline: call.deadline });
}

function review(slot: SlotState, now: number): TriggerCall[] {
  const oldest = slot.calls.oldest();
  if (oldest === undefined) return [];
  if (oldest.call.deadline <= now) return giveUp(slot);
  slot.isSlow = oldest.hasBegun && oldest.id === slot.reviewedId;
  slot.reviewedId = oldest.hasBegun ? oldest.id : undefined;
  return slot.isSlow ? slot.calls.takeBack() : [];
}

function giveUp(slot: SlotState): TriggerCall[] {
  slot.isAlive = false;
  const returned = slot.calls.takeBack();
  // The worker may be in an endless loop: it cannot be used again.
  void slot.worker.terminate();
  settleAll(slot.calls, fail(TIMED_OUT));
  return returned;
}

function settleAll(calls: HandOver, result: TriggerResult): void {
  for (let call = calls.shift(); call !== undefined; call = calls.shift()) call.settle(result);
}

/** The load of a bundle, of which the first outcome counts. */
function createLoad() {
  let settle: (failure: TriggerFailure | undefined) => void = () => undefined;
  const settled = new Promise<TriggerFailure | undefined>((resolve) => {
    settle = resolve;
  });
  return { settled, settle };
}

function listen(
  worker: Worker,
  on: {
    onReady: () => void;
    onAnswer: (answer: TriggerResult) => void;
    onEnd: (failure: TriggerFailure) => void;
  },
): void {
  // A string is an answer: copying it from thread to thread costs less than copying an object.
  worker.on('message', (message: string | TriggerFailure | { isReady: true }) => {
    if (typeof message === 'string') on.onAnswer(succeed(message));
    else if ('isReady' in message) on.onReady();
    else on.onAnswer(fail(message));
  });
  worker.on('error', (error) => on.onEnd(toFailure(error.name, error.message)));
  worker.on('messageerror', () => {
    on.onEnd(toFailure('Runtime.Error', 'The answer could not be read'));
    void worker.terminate();
  });
  worker.on('exit', () => on.onEnd(WORKER_ENDED));
}

function toFailure(errorType: string, message: string): TriggerFailure {
  return { kind: 'refused', errorType, message };
}

/** The calls that lie with one worker, answered in the order in which they were added. */
interface HandOver {
  /**
   * Memory of both threads: the id of the next call to begin. The worker counts it up when it begins one, this thread moves
   * it on to take calls back; both atomically, so that no call is begun twice.
   */
  readonly nextId: Int32Array;
  readonly size: number;
  /** Adds a call. @returns Its id, by which the worker begins it. */
  add(call: TriggerCall): number;
  /** The oldest call, and whether the worker has begun it. */
  oldest():
    | { readonly id: number; readonly call: TriggerCall; readonly hasBegun: boolean }
    | undefined;
  /** Removes the oldest call. */
  shift(): TriggerCall | undefined;
  /** Removes the calls that the worker has not begun, and never will. @returns The oldest first. */
  takeBack(): TriggerCall[];
}

/** Creates the hand-over to a new worker. */
function createHandOver(): HandOver {
  const nextId = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const entries: { readonly id: number; readonly call: TriggerCall }[] = [];
  let idOfNew = 0;
  return {
    nextId,
    get size() {
      return entries.length;
    },
    add(call) {
      const id = idOfNew;
      entries.push({ id, call });
      // Wraps around as the shared memory does.
      idOfNew = (id + 1) | 0;
      return id;
    },
    oldest() {
      const [entry] = entries;
      return entry && { ...entry, hasBegun: Atomics.load(nextId, 0) !== entry.id };
    },
    shift: () => entries.shift()?.call,
    takeBack() {
      const firstNotBegun = Atomics.exchange(nextId, 0, idOfNew);
      const position = entries.findIndex(({ id }) => id === firstNotBegun);
      return position < 0 ? [] : entries.splice(position).map(({ call }) => call);
    },
  };
}
