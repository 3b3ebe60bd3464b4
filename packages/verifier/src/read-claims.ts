import { type Contract, checkClaimValue } from '@cognito-m2m/claim-schema';
import { invalidOption, VerifyError } from './errors.ts';

/** Picks the claims that a service reads out of a verified payload. */
export type ClaimsReader = (payload: { readonly [name: string]: unknown }) => {
  [name: string]: unknown;
};

/**
 * Creates a reader of some of a contract's claims. It does not look at others: a token with a value that a newer contract
 * gave to a claim nobody reads here is a good token.
 *
 * The reader throws `ERR_TOKEN_CLAIM_MISSING` or `ERR_TOKEN_CLAIM_INVALID`, with the name of the claim.
 *
 * @param options.reads - The claims to read.
 * @param options.requires - Those of them that must be there besides the ones that the contract requires.
 * @throws {VerifyError} `ERR_VERIFIER_OPTIONS` for a claim that the contract does not know, and for one that is required
 *   and not read.
 */
export function createClaimsReader(
  contract: Contract,
  { reads, requires = [] }: { reads: readonly string[]; requires?: readonly string[] | undefined },
): ClaimsReader {
  const isKnown = (name: string) => Object.hasOwn(contract, name);
  assertClaimList('reads', reads, isKnown, 'claims that are not in the contract');
  const isRead = (name: string) => reads.includes(name);
  assertClaimList('requires', requires, isRead, 'claims that "reads" does not');
  const rules = [...new Set(reads)].map((name) => ({
    name,
    isRequired: requires.includes(name) || contract[name]?.required === true,
  }));
  return (payload) => {
    const claims: { [name: string]: unknown } = {};
    for (const { name, isRequired } of rules) {
      if (Object.hasOwn(payload, name)) claims[name] = checked(contract, name, payload[name]);
      else if (isRequired) throw claimError('ERR_TOKEN_CLAIM_MISSING', name);
    }
    return claims;
  };
}

/** Makes an error that names a claim. */
export function claimError(
  code: 'ERR_TOKEN_CLAIM_MISSING' | 'ERR_TOKEN_CLAIM_INVALID' | 'ERR_CLAIM_AMBIGUOUS',
  claim: string,
): VerifyError {
  return new VerifyError(code, { claim, detail: `The claim is "${claim}".` });
}

function assertClaimList(
  option: 'reads' | 'requires',
  names: readonly string[],
  isGood: (name: string) => boolean,
  problem: string,
): void {
  if (!Array.isArray(names)) throw invalidOption(`"${option}" must list claims.`);
  const bad = names.filter((name) => !isGood(name));
  if (bad.length > 0) throw invalidOption(`"${option}" names ${problem}: ${bad.join(', ')}.`);
}

function checked(contract: Contract, name: string, value: unknown): unknown {
  if (checkClaimValue(contract, name, value, name) === undefined) return value;
  throw claimError('ERR_TOKEN_CLAIM_INVALID', name);
}
