import type { Outcome } from '../model/outcome.ts';

/** Why the trigger's part of a token failed. */
export interface TriggerFailure {
  /** What the trigger did: threw or ended, gave an answer that is not valid, or took too long. */
  readonly kind: 'refused' | 'malformed-answer' | 'timed-out';
  /** What the trigger threw, or which rule its answer breaks; never a value out of the answer. */
  readonly message: string;
  /** The class of the error that the trigger threw. */
  readonly errorType?: string;
}

/** The answer of a trigger as JSON text, or why there is none. */
export type TriggerResult = Outcome<string, TriggerFailure>;

/** Calls a trigger. */
export interface TriggerRunner {
  /**
   * Waits until the bundle is loaded, but no longer than for an answer.
   *
   * @returns Why it cannot be loaded; `undefined` if it is loaded, or still loading.
   */
  load(): Promise<TriggerFailure | undefined>;
  /**
   * Calls the trigger with one event; never rejects.
   *
   * @param event - The event as JSON text.
   */
  invoke(event: string): Promise<TriggerResult>;
  /** Ends every worker. */
  close(): Promise<void>;
}

/** One call of the trigger that is not answered yet. */
export interface TriggerCall {
  /** The event as JSON text. */
  readonly event: string;
  /** When the caller gives up, in epoch milliseconds. */
  readonly deadline: number;
  readonly settle: (result: TriggerResult) => void;
}

/** @see https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-working-with-lambda-triggers.html */
export const TRIGGER_TIMEOUT_MS = 5000;

/** What becomes of a call that the trigger does not answer in time. */
export const TIMED_OUT: TriggerFailure = {
  kind: 'timed-out',
  message: 'The trigger did not answer in time.',
};

/** What becomes of a call whose worker has ended. */
export const WORKER_ENDED: TriggerFailure = {
  kind: 'refused',
  errorType: 'Runtime.ExitError',
  message: 'The function ended its process',
};
