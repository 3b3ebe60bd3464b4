import type { Contract } from '@cognito-m2m/claim-schema';
import { type BoundGatewayClaimsReader, createGatewayClaimsReader } from './api-gateway-claims.ts';
import type { ReadClaims } from './verified-token.ts';
import { createVerifier, type Verifier } from './verifier.ts';
import type { BoundVerifierOptions } from './verifier-options.ts';

/** The functions of this package that take a contract, without that option. */
export interface BoundVerifiers<C extends Contract> {
  /** `createVerifier` under the contract. */
  createVerifier<const N extends keyof C & string, const R extends N = never>(
    options: BoundVerifierOptions<N, R>,
  ): Verifier<ReadClaims<C, N, R>>;

  /** `createGatewayClaimsReader` under the contract. */
  readonly createGatewayClaimsReader: BoundGatewayClaimsReader<C>;
}

/**
 * Binds this package to one claim contract, so that the services of a team need not pass it.
 *
 * @example
 * ```ts
 * import { bindContract } from '@cognito-m2m/verifier/bind-contract';
 * import { contract } from './claim-contract.js';
 *
 * export const { createVerifier, createGatewayClaimsReader } = bindContract(contract);
 * ```
 */
export function bindContract<C extends Contract>(contract: C): BoundVerifiers<C> {
  return {
    createVerifier: (options) => createVerifier({ ...options, contract }),
    createGatewayClaimsReader: (options) => createGatewayClaimsReader({ ...options, contract }),
  };
}
