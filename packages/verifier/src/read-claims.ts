import { type Contract, checkClaimValue } from '@cognito-m2m/claim-schema';
import { invalidOption, VerifyError } from './errors.ts';

/** Picks the contract's claims out of a verified payload. */
export type ClaimsReader = (payload: { readonly [name: string]: unknown }) => {
  [name: string]: unknown;
};

/**
 * Creates a reader of one contract's claims.
 *
 * The reader throws `ERR_TOKEN_CLAIM_MISSING` or `ERR_TOKEN_CLAIM_INVALID`, with the name of the claim.
 *
 * @param requires - Claims that must be there besides those that the contract requires.
 * @throws {VerifyError} `ERR_VERIFIER_OPTIONS` for a required claim that the contract does not know.
 */
export function createClaimsReader(
  contract: Contract,
  requires: readonly string[] = [],
): ClaimsReader {
  const names = Object.keys(contract);
  const unknown = requires.filter((name) => !Object.hasOwn(contract, name));
  if (unknown.length > 0) {
    throw invalidOption(`"requires" names claims that are not in the contract: ${unknown}.`);
  }
  const required = new Set([
    ...requires,
    ...names.filter((name) => contract[name]?.required === true),
  ]);
  return (payload) => {
    const claims: { [name: string]: unknown } = {};
    for (const name of names) {
      if (Object.hasOwn(payload, name)) claims[name] = checked(contract, name, payload[name]);
      else if (required.has(name)) throw claimError('ERR_TOKEN_CLAIM_MISSING', name);
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

function checked(contract: Contract, name: string, value: unknown): unknown {
  if (checkClaimValue(contract, name, value, name) === undefined) return value;
  throw claimError('ERR_TOKEN_CLAIM_INVALID', name);
}
