export {
  type ConsumerBreakage,
  type ContractChange,
  type ContractChangeKind,
  type ContractConsumer,
  type ContractReport,
  checkContract,
  compareContracts,
  findBreakages,
  formatChange,
  parseConsumer,
} from './contract-diff/check-contract.ts';
export { ContractError, type ContractErrorCode } from './contract-diff/errors.ts';
export { lintContract } from './contract-diff/lint-contract.ts';
export { digestContract, parseSnapshot, takeSnapshot } from './contract-diff/shapes.ts';
