import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { createTokenSigner } from '@cognito-m2m/claim-schema/testing';
import { createVerifier } from '@cognito-m2m/verifier';
import { CognitoJwtVerifier } from 'aws-jwt-verify';

/** Verifies one token. */
export type Verify = (token: string) => Promise<unknown>;

/** What is measured: our verifier, and the bare call of the library under it with the same checks. */
export interface Subjects {
  readonly ours: Verify;
  readonly bare: Verify;
  /** Good tokens, all different. */
  readonly tokens: readonly string[];
  /** Tokens with a foreign key, a foreign issuer, and one that is none. */
  readonly refusedTokens: readonly string[];
}

const USER_POOL_ID = 'eu-central-1_Bench0001';
const CLIENT_ID = '1example23456789';

const claims = {
  'custom:organization_id': '12345',
  'custom:role': 'admin',
  tier: 'premium',
  environment: 'bench',
  permissions: ['orders:approve', 'orders:refund'],
  approval_limit: 5000,
};

/** Makes both verifiers with their keys in memory, and tokens for them. */
export function createSubjects({ tokenCount }: { tokenCount: number }): Subjects {
  const issuer = `https://cognito-idp.eu-central-1.amazonaws.com/${USER_POOL_ID}`;
  const signer = createTokenSigner({ issuer });
  const scopes = ['orders/read', 'orders/write'];
  const verifier = createVerifier({
    contract,
    pools: [{ issuer, jwks: signer.jwks, clientIds: [CLIENT_ID] }],
    tokenUse: 'access',
    grant: 'client_credentials',
    reads: [
      'custom:organization_id',
      'custom:role',
      'tier',
      'environment',
      'permissions',
      'approval_limit',
    ],
    requires: ['custom:organization_id'],
  });
  const cognito = CognitoJwtVerifier.create({
    userPoolId: USER_POOL_ID,
    clientId: CLIENT_ID,
    tokenUse: 'access',
    scope: 'orders/read',
  });
  cognito.cacheJwks(signer.jwks);
  // Longer than the longest run.
  const request = { clientId: CLIENT_ID, scopes, claims, lifetimeSeconds: 86_400 };
  return {
    ours: (token) => verifier.verify(token, { scopes: { all: ['orders/read'] } }),
    bare: (token) => cognito.verify(token),
    tokens: Array.from({ length: tokenCount }, () => signer.sign(request)),
    refusedTokens: [
      createTokenSigner({ issuer }).sign(request),
      createTokenSigner().sign(request),
      'no.token.atall',
    ],
  };
}
