import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { bindContract } from '@cognito-m2m/verifier/bind-contract';

/** What `@cognito-m2m/contract/verifier` is for a team, under the contract of the fixtures. */
export const { createVerifier } = bindContract(contract);
