import {
  type Contract,
  checkClaimValue,
  definitionOf,
  knownMembers,
} from '@cognito-m2m/claim-schema';
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
 * @param options.requires - Those of them that must be there in addition to those that every pool requires.
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
    isRequired: requires.includes(name) || definitionOf(contract, name)?.required === true,
  }));
  return (payload) => {
    const claims = rules.flatMap(({ name, isRequired }) => {
      if (Object.hasOwn(payload, name)) return [[name, checked(contract, name, payload[name])]];
      if (isRequired) throw claimError('ERR_TOKEN_CLAIM_MISSING', name);
      return [];
    });
    return Object.fromEntries(claims);
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

/** Checks a claim, and leaves out members that the contract does not know: a newer one may have added them. */
function checked(contract: Contract, name: string, value: unknown): unknown {
  const definition = definitionOf(contract, name);
  const known = definition === undefined ? value : knownMembers(definition, value);
  if (checkClaimValue(contract, name, known, name) === undefined) return known;
  throw claimError('ERR_TOKEN_CLAIM_INVALID', name);
}
