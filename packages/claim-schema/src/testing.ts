export {
  aClientCredentialsEvent,
  type ClientCredentialsEvent,
} from './testing/client-credentials-event.ts';
export {
  A_CLIENT_ID,
  A_POOL_ID,
  aBaseline,
  anOverride,
  aTokenIssuer,
  aTokenSelector,
  poolSettings,
} from './testing/records.ts';
export {
  createTokenSigner,
  type Jwks,
  type PublicJwk,
  type TokenRequest,
  type TokenSigner,
} from './testing/token-signer.ts';
