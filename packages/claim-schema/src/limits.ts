/** The default budget for all added claims of one token, in bytes of compact JSON: half of the 8 KB that many proxies take for all headers. */
export const DEFAULT_SIZE_BUDGET_BYTES = 4096;

/**
 * How many claims and scopes one trigger answer may change.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html
 */
export const MAX_CHANGES_PER_TOKEN = 5000;

const encoder = new TextEncoder();

/** Text in which every character is one byte, as almost all claims are. */
const ASCII = /^[\x20-\x7e]*$/;

/** Counts the UTF-8 bytes of claims as compact JSON, the measure of the size budget. */
export function claimsSizeBytes(claims: object): number {
  const text = JSON.stringify(claims);
  return ASCII.test(text) ? text.length : encoder.encode(text).length;
}
