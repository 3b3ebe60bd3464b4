import { createTokenSigner } from '@cognito-m2m/claim-schema/testing';
import { createVerifier } from '../../service/fixture-verifier.ts';

const { issuer, jwks } = createTokenSigner();

/** What the examples of adapters import. */
export const verifier = createVerifier({
  pools: [{ issuer, jwks, clientIds: null }],
  tokenUse: 'access',
  grant: 'client_credentials',
  reads: ['tier'],
});
