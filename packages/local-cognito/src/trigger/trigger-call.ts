import type { TriggerResult } from './trigger-result.ts';

/** One call of the trigger that is not answered yet. */
export interface TriggerCall {
  /** The event as JSON text. */
  readonly event: string;
  /** When the caller gives up, in epoch milliseconds. */
  readonly deadline: number;
  readonly settle: (result: TriggerResult) => void;
}
