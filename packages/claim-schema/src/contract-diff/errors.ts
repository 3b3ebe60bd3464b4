import { type Fault, formatFault } from '../fault.ts';

/** Every code that the contract comparison throws. */
export type ContractErrorCode =
  | 'ERR_CONTRACT_CONSUMER_INVALID'
  | 'ERR_CONTRACT_FILE_UNREADABLE'
  | 'ERR_CONTRACT_SNAPSHOT_INVALID';

/** The caller's fault: a snapshot or a consumer's file that is not one. */
export class ContractError extends Error {
  override readonly name = 'ContractError';
  readonly code: ContractErrorCode;

  /** @param file - The file's name; the message lists its faults, one on each line. */
  constructor(code: ContractErrorCode, file: string, faults: readonly Fault[]) {
    super(faults.map((fault) => `${file}: ${formatFault(fault)}`).join('\n'));
    this.code = code;
  }
}
