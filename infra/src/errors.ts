/** Every code that this workspace throws. */
export type InfraErrorCode =
  | 'ERR_INFRA_ENVIRONMENT_UNNAMED'
  | 'ERR_INFRA_STACK_UNKNOWN'
  | 'ERR_INFRA_RETIRE_MISMATCH'
  | 'ERR_INFRA_DESTROY_PROTECTED'
  | 'ERR_INFRA_BUNDLE_MISSING'
  | 'ERR_INFRA_GUARDRAILS_BROKEN';

/** The caller's fault, or a configuration that our own rules refuse: nothing is written. */
export class InfraError extends Error {
  override readonly name = 'InfraError';
  readonly code: InfraErrorCode;

  constructor(code: InfraErrorCode, message: string, options?: { cause: unknown }) {
    super(message, options);
    this.code = code;
  }
}
