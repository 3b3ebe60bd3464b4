/** What a secret looks like, by kind. Tokens are readable by everyone who holds one: no credential belongs into a claim. */
const SECRET_PATTERNS: readonly (readonly [kind: string, pattern: RegExp])[] = [
  ['a private key', /-----BEGIN [A-Z ]*PRIVATE KEY-----/],
  // Access key ids are 20 characters with a documented prefix.
  ['an AWS access key id', /\b(?:AKIA|ASIA)[A-Z2-7]{16}\b/],
  ['a JSON web token', /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]*/],
  ['a GitHub token', /\bgh[pousr]_[A-Za-z0-9]{36,}\b/],
  ['a Slack token', /\bxox[abposr]-[\w-]{10,}/],
  ['a Stripe key', /\b[sr]k_(?:live|test)_[A-Za-z0-9]{16,}/],
  ['a URL with a password', /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]+:[^\s/@]+@/i],
];

/** Names under which people keep credentials. */
const SECRET_NAME =
  /(?:password|passwd|passphrase|secret|private[_-]?key|api[_-]?key|credential)s?$/i;

/** A long unbroken run of mixed letters and digits, as AWS secret keys and client secrets are. */
const RANDOM_RUN = /[A-Za-z0-9+/_-]{40,}={0,2}/;

/** Below this Shannon entropy in bits per character a run is words or an identifier, not a random secret. */
const RANDOM_BITS_PER_CHARACTER = 4;

/**
 * Says what kind of secret a claim seems to hold, or `undefined`.
 *
 * A heuristic: it reads the claim's name and every text inside its value, and names the kind, never the text.
 */
export function findSecret(claimName: string, value: unknown): string | undefined {
  if (SECRET_NAME.test(claimName)) return 'a claim named like a credential';
  if (typeof value === 'string') return secretKindOf(value);
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, member] of Object.entries(value)) {
    const kind = findSecret(Array.isArray(value) ? '' : key, member);
    if (kind !== undefined) return kind;
  }
  return undefined;
}

function secretKindOf(text: string): string | undefined {
  const known = SECRET_PATTERNS.find(([, pattern]) => pattern.test(text));
  if (known !== undefined) return known[0];
  const run = RANDOM_RUN.exec(text)?.[0];
  return run !== undefined && isRandom(run) ? 'a long random value' : undefined;
}

function isRandom(run: string): boolean {
  const isMixed = /[a-z]/.test(run) && /[A-Z]/.test(run) && /\d/.test(run);
  return isMixed && entropyBits(run) >= RANDOM_BITS_PER_CHARACTER;
}

function entropyBits(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  return [...counts.values()].reduce((bits, count) => {
    const share = count / text.length;
    return bits - share * Math.log2(share);
  }, 0);
}
