import type { Claims, Contract } from '@cognito-m2m/claim-schema';
import { createVerifier, isVerifyError } from '@cognito-m2m/verifier';
import { CliError } from '../frame/errors.ts';
import { describeConnection } from '../frame/report-error.ts';
import type { DeployedPool, Target } from '../frame/target.ts';
import { codeOfFetch } from './request-token.ts';

/** What a token says once its signature, issuer, expiry, use and client have been checked. */
interface CheckedToken {
  /** Every claim of the payload, those of Amazon Cognito included. */
  readonly payload: Claims;
  readonly scopes: readonly string[];
  /** Epoch seconds. */
  readonly expiresAt: number;
}

/** Checks the tokens of one pool. */
export interface TokenChecker {
  /**
   * Verifies a token as an API would, with the verifier that APIs use.
   *
   * @throws {CliError} `ERR_TOKEN_INVALID` with the verifier's code.
   */
  check(token: string, clientId: string): Promise<CheckedToken>;
}

/**
 * Creates the checker of one pool; it reads the pool's keys once.
 *
 * @throws {CliError} `ERR_TOKEN_INVALID` if the keys of a local Cognito cannot be read.
 */
export async function createTokenChecker(
  { contract, target }: { readonly contract: Contract; readonly target: Target },
  { issuer, jwksUri }: DeployedPool,
): Promise<TokenChecker> {
  // A local Cognito may sign for an AWS issuer; its keys are its own all the same.
  const pool =
    target.kind === 'local'
      ? { issuer, jwks: await fetchKeys(jwksUri) }
      : // The pool may have been set to the other form of its issuer since the deploy.
        { issuer: { discover: issuer } };
  const verifier = createVerifier({
    contract,
    pools: [{ ...pool, clientIds: null }],
    tokenUse: 'access',
    grant: 'client_credentials',
    reads: Object.keys(contract),
  });
  return {
    async check(token, clientId) {
      const verified = await verifier.verify(token, { scopes: null }).catch((error: unknown) => {
        if (!isVerifyError(error)) throw error;
        throw invalidToken(`${error.message} (${error.code})`);
      });
      if (verified.clientId !== clientId) throw invalidToken('It belongs to another client.');
      const { scopes, expiresAt } = verified;
      return { payload: readPayload(token), scopes, expiresAt };
    },
  };
}

async function fetchKeys(jwksUri: string) {
  try {
    const response = await fetch(jwksUri);
    return (await response.json()) as { keys: [] };
  } catch (cause) {
    const fault = describeConnection(jwksUri, codeOfFetch(cause));
    const message = fault?.message ?? `The keys of ${jwksUri} cannot be read.`;
    throw new CliError('ERR_TOKEN_INVALID', message, {
      cause,
      next: fault?.next ?? { m2m: 'doctor' },
    });
  }
}

// The verifier gives the contract's claims only; the comparison is about all of them.
function readPayload(token: string): Claims {
  const [, payload = ''] = token.split('.');
  return JSON.parse(Buffer.from(payload, 'base64url').toString());
}

function invalidToken(detail: string): CliError {
  return new CliError('ERR_TOKEN_INVALID', `The token does not pass verification: ${detail}`, {
    next: { m2m: 'doctor' },
  });
}
