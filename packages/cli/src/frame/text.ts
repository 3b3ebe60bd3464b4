import { type ClaimValue, findSecret } from '@cognito-m2m/claim-schema';

const NATURAL_ORDER = new Intl.Collator('en', { numeric: true });

/** Compares names as people count: `worker-2` before `worker-10`. */
export function compareNames(first: string, second: string): number {
  return NATURAL_ORDER.compare(first, second);
}

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

/** A word between spaces, quotes and brackets. */
const WORD = /[^\s"'`(),;]+/g;
/** A path may be as long and as mixed as a random secret. */
const PATH = /^(?:file:\/\/|~|\.{0,2}|[A-Za-z]:)[\\/]/;

/** User name and password of a URL. */
const URL_CREDENTIALS = /\b([a-z][a-z\d+.-]*:\/\/)[^\s/?#"'@]+@/gi;

/** Takes user name and password out of every URL. */
export function withoutCredentials(text: string): string {
  return text.replace(URL_CREDENTIALS, '$1');
}

/** Hides every word that looks like a secret: someone else may have written the string. */
export function maskSecrets(text: string): string {
  const masked = text.replace(WORD, (word) =>
    !PATH.test(word) && findSecret('', word) !== undefined ? HIDDEN_VALUE : word,
  );
  // A private key is more than one word.
  return masked.includes('PRIVATE KEY-----') ? HIDDEN_VALUE : masked;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is for.
const CONTROL_CHARACTERS = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]+/g;

/** Makes a string from elsewhere safe to print: no line breaks, no terminal escapes, no reordering. */
export function plainText(text: string): string {
  return text.replace(CONTROL_CHARACTERS, ' ');
}

/** An amount with its noun: `1 client`, `3 clients`. */
export function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}
