import type { TriggerCall } from './trigger-call.ts';

/** The calls that lie with one worker, answered in the order in which they were added. */
export interface HandOver {
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
export function createHandOver(): HandOver {
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
