/** The name of an exception, as AWS APIs have them. */
export type AwsExceptionName = `${string}Exception`;

/**
 * A refused API call: the caller's fault, reported as AWS reports it.
 *
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/CommonErrors.html
 */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  readonly code: AwsExceptionName;

  constructor(code: AwsExceptionName, message: string) {
    super(message);
    this.code = code;
  }
}
