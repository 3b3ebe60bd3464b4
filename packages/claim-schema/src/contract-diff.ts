export { type ContractReport, checkContract } from './contract-diff/check-contract.ts';
export {
  type ContractChange,
  type ContractChangeKind,
  compareContracts,
  formatChange,
} from './contract-diff/compare-contracts.ts';
export {
  type ConsumerBreakage,
  type ContractConsumer,
  findBreakages,
  parseConsumer,
} from './contract-diff/consumer.ts';
export { ContractError, type ContractErrorCode } from './contract-diff/errors.ts';
export { lintContract } from './contract-diff/lint-contract.ts';
export { digestContract, parseSnapshot, takeSnapshot } from './contract-diff/shapes.ts';
