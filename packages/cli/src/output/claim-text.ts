import { type ClaimValue, findSecret } from '@cognito-m2m/claim-schema';
import { plainText } from './plain-text.ts';

/** What stands in place of a value that looks like a secret. */
export const HIDDEN_VALUE = '(hidden: looks like a secret)';

/** The value of a claim as it may be shown: itself, or a note in its place if it looks like a secret. */
export function showableValue(name: string, value: ClaimValue): ClaimValue {
  return findSecret(name, value) === undefined ? value : HIDDEN_VALUE;
}

/** A claim's value as one line of JSON that is safe to print. */
export function claimText(name: string, value: ClaimValue): string {
  const shown = showableValue(name, value);
  return shown === HIDDEN_VALUE ? HIDDEN_VALUE : plainText(JSON.stringify(shown));
}
