import { findSecret } from '@cognito-m2m/claim-schema';
import { HIDDEN_VALUE } from './claim-text.ts';

/** A word between blanks, quotes and brackets. */
const WORD = /[^\s"'`(),;]+/g;
/** A path may be as long and as mixed as a random secret. */
const PATH = /^(?:file:\/\/|~|\.{0,2}|[A-Za-z]:)[\\/]/;

/** A text that someone else may have put a secret into, with each word that looks like one hidden. */
export function maskSecrets(text: string): string {
  const masked = text.replace(WORD, (word) =>
    !PATH.test(word) && findSecret('', word) !== undefined ? HIDDEN_VALUE : word,
  );
  // A private key is more than one word.
  return masked.includes('PRIVATE KEY-----') ? HIDDEN_VALUE : masked;
}
