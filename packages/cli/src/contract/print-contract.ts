import { type Contract, toJsonSchema } from '@cognito-m2m/claim-schema';
import type { BareContext, Command } from '../frame/command.ts';
import { CliError, invalidArgument, unknownName } from '../frame/errors.ts';

/** What the contract can be printed as. */
const FORMATS = ['json-schema', 'typescript'] as const;

/** Input of `m2m contract`. */
interface ContractInput {
  readonly format: string;
  /** Requires what the contract requires in this pool. @default what it requires in every pool */
  readonly poolName: string | undefined;
}

/** `m2m contract`: the claim contract, for tools and repositories that do not have this one. */
export const printContract: Command<BareContext, ContractInput> = async (
  { contract },
  { format, poolName },
) => {
  if (format === 'json-schema') {
    const json = toJsonSchema(contract, poolName === undefined ? {} : { poolName });
    return { json, text: () => JSON.stringify(json, null, 2) };
  }
  if (format !== 'typescript') {
    throw new CliError('ERR_ARGUMENT_INVALID', unknownName('format', format, FORMATS));
  }
  if (poolName !== undefined) {
    throw invalidArgument('--pool', poolName, 'no pool: a module holds the contract of all pools');
  }
  const source = renderModule(contract);
  return { json: { source }, text: () => source };
};

/** The contract as a module that needs nothing of this repository but the two published packages. */
function renderModule(contract: Contract): string {
  return `// Written by \`m2m contract typescript\`. Do not edit: run the command again after the contract has changed.
import { type ClaimsOf, defineContract } from '@cognito-m2m/claim-schema';
import { bindContract } from '@cognito-m2m/verifier/bind-contract';

/** The claims that access tokens carry. */
export const contract = defineContract(${JSON.stringify(contract, null, 2)});

/** The claims of one access token: required claims are present, all others may be. */
export type ContractClaims = ClaimsOf<typeof contract>;

/** The verifier and the reader of API Gateway's claims under this contract. */
export const { createVerifier, createGatewayClaimsReader } = bindContract(contract);`;
}
