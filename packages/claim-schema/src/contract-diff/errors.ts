/** Every code that the contract comparison throws. */
export type ContractErrorCode = 'ERR_CONTRACT_CONSUMER_INVALID' | 'ERR_CONTRACT_SNAPSHOT_INVALID';

/** The caller's fault: a snapshot or a consumer's file that is not one. */
export class ContractError extends Error {
  override readonly name = 'ContractError';
  readonly code: ContractErrorCode;

  constructor(code: ContractErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
