export {
  type ConsumerBreakage,
  type ContractChange,
  type ContractChangeKind,
  type ContractReport,
  checkContract,
  compareContracts,
  describeReport,
  findBreakages,
  formatChange,
} from './contract-diff/check-contract.ts';
export {
  type ContractConsumer,
  parseConsumer,
  parseSnapshot,
} from './contract-diff/contract-files.ts';
export { ContractError, type ContractErrorCode } from './contract-diff/errors.ts';
export { lintContract } from './contract-diff/lint-contract.ts';
export { digestContract, takeSnapshot } from './contract-diff/shapes.ts';
