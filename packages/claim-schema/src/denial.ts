import { REQUEST_DENIAL_MESSAGES } from './request-denial.ts';
import { TOKEN_REFUSAL_MESSAGES } from './token-selector.ts';

/** Why a token is refused, as a stable code with the sentence that the caller may read. */
export const DENIAL_MESSAGES = {
  ...REQUEST_DENIAL_MESSAGES,
  ...TOKEN_REFUSAL_MESSAGES,
} as const;

/** A stable reason for a refused token. */
export type DenialCode = keyof typeof DENIAL_MESSAGES;
