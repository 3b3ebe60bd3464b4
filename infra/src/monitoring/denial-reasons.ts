import {
  DENIAL_MESSAGES,
  type DenialCode,
  TOKEN_REFUSAL_MESSAGES,
} from '@cognito-m2m/claim-schema';

/** What a caller, or whoever runs a client, can bring about; some of it is everyday. */
const CALLER_REASONS: readonly DenialCode[] = [
  'ERR_CLIENT_UNKNOWN',
  'ERR_CLIENT_DISABLED',
  'ERR_METADATA_REQUIRED',
  'ERR_METADATA_NOT_ALLOWED',
];

/** What the trigger refuses beyond the claim rules: faults of the service. */
const SERVICE_REASONS = [
  'ERR_STORE_UNAVAILABLE',
  'ERR_RECORD_INVALID',
  'ERR_EVENT_INVALID',
  'ERR_SETTINGS_INVALID',
  'ERR_INTERNAL',
];

/** How many refused tokens of one reason in five minutes are a matter for the team. */
export interface DenialReason {
  /** The code, as in the log line and the error that the caller reads. */
  readonly code: string;
  readonly alarmAtCount: number;
}

/** Every reason for which a token is refused. */
export const DENIAL_REASONS: readonly DenialReason[] = [
  ...Object.keys(DENIAL_MESSAGES).filter((code) => !isOfUserToken(code)),
  ...SERVICE_REASONS,
].map((code) => ({
  code,
  alarmAtCount: CALLER_REASONS.some((reason) => reason === code) ? 25 : 1,
}));

function isOfUserToken(code: string): boolean {
  return code === 'ERR_TOKEN_REQUIRED' || Object.hasOwn(TOKEN_REFUSAL_MESSAGES, code);
}
