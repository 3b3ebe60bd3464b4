/** Every code that this workspace throws. */
export type InfraErrorCode =
  | 'ERR_INFRA_USAGE'
  | 'ERR_INFRA_ENVIRONMENT_UNNAMED'
  | 'ERR_INFRA_STACK_UNKNOWN'
  | 'ERR_INFRA_RETIRE_MISMATCH'
  | 'ERR_INFRA_DESTROY_PROTECTED'
  | 'ERR_INFRA_BUNDLE_MISSING'
  | 'ERR_INFRA_GUARDRAILS_BROKEN'
  | 'ERR_INFRA_NOT_CONFIRMED'
  | 'ERR_INFRA_PLAN_REFUSED'
  | 'ERR_INFRA_STILL_ATTACHED'
  | 'ERR_INFRA_ATTACHMENT_UNKNOWN'
  | 'ERR_INFRA_TERRAFORM_FAILED';

/** The caller's fault, a configuration that our own rules refuse, or a Terraform run that failed. */
export class InfraError extends Error {
  override readonly name = 'InfraError';
  readonly code: InfraErrorCode;

  constructor(code: InfraErrorCode, message: string, options?: { cause: unknown }) {
    super(message, options);
    this.code = code;
  }
}
