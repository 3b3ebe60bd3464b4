/** How one call of a trigger ended. */
export type TriggerResult =
  | {
      readonly outcome: 'answered';
      /** The answer as JSON text. */
      readonly payload: string;
    }
  | { readonly outcome: 'failed'; readonly errorType: string; readonly errorMessage: string }
  | { readonly outcome: 'timed-out' };

/** Calls a trigger. */
export interface TriggerRunner {
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
