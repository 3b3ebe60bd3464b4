/** The metadata key that holds an instruction. */
export const INSTRUCTION_KEY = 'm2m-probe';

/** The claim in which the trigger returns the event that it received, as JSON. */
export const EVENT_CLAIM = 'probe_event';

/** The version 3 changes that a trigger may ask for. */
export interface TokenChanges {
  readonly claimsToAddOrOverride?: { readonly [name: string]: unknown };
  readonly claimsToSuppress?: readonly string[];
  readonly scopesToAdd?: readonly string[];
  readonly scopesToSuppress?: readonly string[];
}

/**
 * What a probe asks the trigger to do with one request.
 *
 * A request without an instruction gets the event back as a claim.
 */
export type Instruction =
  /** Answers with these changes. */
  | { readonly do: 'change'; readonly changes: TokenChanges }
  /** Answers with so many claims. */
  | { readonly do: 'add-claims'; readonly count: number }
  /** Answers with one claim of so many bytes. */
  | { readonly do: 'add-bytes'; readonly bytes: number }
  /** Throws an error with this message. */
  | { readonly do: 'throw'; readonly message: string }
  /** Never answers. */
  | { readonly do: 'hang' }
  /** Answers with something that is not an event. */
  | { readonly do: 'answer'; readonly answer: unknown }
  /** Answers with the event without these top-level fields. */
  | { readonly do: 'leave-out'; readonly fields: readonly string[] };
