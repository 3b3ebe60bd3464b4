export { type ContractClaims, contract } from './contract.ts';
export { defineEnvironment, type EnvironmentInput, type PoolInput } from './environment.ts';
