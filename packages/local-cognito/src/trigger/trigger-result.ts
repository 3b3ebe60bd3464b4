/** How one call of a trigger ended. */
export type TriggerResult =
  | {
      readonly outcome: 'answered';
      /** The answer as JSON text. */
      readonly payload: string;
    }
  | TriggerFailure
  | { readonly outcome: 'timed-out' };

/** What a trigger threw, or how it ended. */
export interface TriggerFailure {
  readonly outcome: 'failed';
  readonly errorType: string;
  readonly errorMessage: string;
}

/** Calls a trigger. */
export interface TriggerRunner {
  /**
   * Waits until the bundle is loaded, and no longer than for an answer.
   *
   * @returns Why it can't be loaded; nothing for one that is, or that takes its time.
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

/** @see https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-working-with-lambda-triggers.html */
export const TRIGGER_TIMEOUT_MS = 5000;
