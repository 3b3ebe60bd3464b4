import { contract } from '../../test/fixtures.ts';
import { DEFAULT_SIZE_BUDGET_BYTES } from '../limits.ts';
import type { Denial, IssuedClaims, Resolution } from '../resolution.ts';
import type { ClaimRules } from '../resolve-claims.ts';
import { A_CLIENT_ID } from './records.ts';

/** Epoch seconds at which the tests of this package take place. */
export const NOW = 1_800_000_000;

/** Builds the rules of an environment. */
export function someRules(fields: Partial<ClaimRules> = {}): ClaimRules {
  return { contract, sizeBudgetBytes: DEFAULT_SIZE_BUDGET_BYTES, ...fields };
}

/** Builds a token request without metadata. */
export function aRequest(fields: { scopes?: string[]; metadata?: Record<string, unknown> } = {}) {
  return { clientId: A_CLIENT_ID, scopes: ['orders/read'], ...fields };
}

/** Takes a resolution for an issued one, or fails the test. */
export function issuedOf(resolution: Resolution): IssuedClaims {
  if (resolution.outcome === 'issue') return resolution;
  throw new Error(`Denied with ${resolution.code}.`);
}

/** Takes a resolution for a denial, or fails the test. */
export function denialOf(resolution: Resolution): Denial {
  if (resolution.outcome === 'deny') return resolution;
  throw new Error('Issued.');
}
