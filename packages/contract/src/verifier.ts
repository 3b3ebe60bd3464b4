import { bindContract } from '@cognito-m2m/verifier/bind-contract';
import { contract } from '#contract';

/** The verifier and the reader of API Gateway's claims under this team's contract. */
export const { createVerifier, createGatewayClaimsReader } = bindContract(contract);
