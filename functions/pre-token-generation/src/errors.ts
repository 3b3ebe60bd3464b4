import {
  type Fault,
  REQUEST_DENIAL_MESSAGES,
  type TokenRefusalCode,
} from '@cognito-m2m/claim-schema';

/**
 * The sentences that a caller may read when no token is issued, by code. Those about a user's token come with the code
 * that verifies it.
 *
 * Amazon Cognito hands the text on to whoever asked for the token: no table name, no claim, no cause.
 */
const TRIGGER_MESSAGES = {
  ...REQUEST_DENIAL_MESSAGES,
  ERR_STORE_UNAVAILABLE: 'The claims of this client cannot be read at the moment. Try again later.',
  ERR_RECORD_INVALID: 'The stored claims of this client cannot be read.',
  ERR_EVENT_INVALID: 'The token request cannot be read.',
  ERR_SETTINGS_INVALID: 'The token service is not set up correctly.',
  ERR_INTERNAL: 'The token service failed.',
} as const;

/** Why no token is issued. */
export type TriggerErrorCode = keyof typeof TRIGGER_MESSAGES | TokenRefusalCode;

/** What the log line says about a refusal, in addition to its code; never a claim value or a metadata value. */
export interface TriggerErrorDetails {
  /** The claim, metadata key, event field or setting concerned. */
  readonly subject?: string | undefined;
  /** Everything that is wrong with a record or with the settings. */
  readonly faults?: readonly Fault[];
  /** The sentence for the caller. @default that of the code */
  readonly sentence?: string | undefined;
}

/** A refused token: its message is the plain sentence and the code, for strangers. */
export class TriggerError extends Error {
  override readonly name = 'TriggerError';
  readonly code: TriggerErrorCode;
  readonly details: TriggerErrorDetails;

  constructor(code: TriggerErrorCode, details: TriggerErrorDetails = {}, cause?: unknown) {
    const sentences: { readonly [code: string]: string } = TRIGGER_MESSAGES;
    super(
      `${details.sentence ?? sentences[code]} (${code})`,
      // An absent cause must stay absent: `cause: undefined` prints as one.
      cause === undefined ? undefined : { cause },
    );
    this.code = code;
    this.details = details;
  }

  /** True for a refusal that the client's record or request caused, false for a fault of the service. */
  get isOfClient(): boolean {
    const { code } = this;
    if (code === 'ERR_TOKEN_KEYS_UNAVAILABLE') return false;
    return Object.hasOwn(REQUEST_DENIAL_MESSAGES, code) || code.startsWith('ERR_TOKEN_');
  }
}

/** Takes any failure as a refusal: what nobody thought of is `ERR_INTERNAL`. */
export function toTriggerError(error: unknown): TriggerError {
  return error instanceof TriggerError ? error : new TriggerError('ERR_INTERNAL', {}, error);
}
