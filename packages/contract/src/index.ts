export { type ContractClaims, contract } from '#contract';
export { defineEnvironment, type EnvironmentInput, type PoolInput } from './environment.ts';
