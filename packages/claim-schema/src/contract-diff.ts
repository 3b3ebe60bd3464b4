export {
  type ConsumerBreakage,
  type ContractConsumer,
  type ContractReport,
  checkContract,
  findBreakages,
  parseConsumer,
} from './contract-diff/check-contract.ts';
export {
  type ContractChange,
  type ContractChangeKind,
  compareContracts,
  formatChange,
} from './contract-diff/compare-contracts.ts';
export { ContractError, type ContractErrorCode } from './contract-diff/errors.ts';
export { lintContract } from './contract-diff/lint-contract.ts';
export { digestContract, parseSnapshot, takeSnapshot } from './contract-diff/shapes.ts';
