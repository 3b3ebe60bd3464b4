/** What the examples import as the module of `m2m contract typescript`. */
export { contract } from '@cognito-m2m/claim-schema/fixtures';
export { createVerifier } from '../../service/fixture-verifier.ts';
