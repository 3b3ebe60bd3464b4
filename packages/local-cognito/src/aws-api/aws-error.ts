/** The exceptions of the user pools API that this server answers with. */
export type AwsExceptionName =
  | 'InternalErrorException'
  | 'InvalidLambdaResponseException'
  | 'InvalidParameterException'
  | 'LimitExceededException'
  | 'MissingAuthenticationTokenException'
  | 'NotAuthorizedException'
  | 'OperationNotEnabledException'
  | 'RequestEntityTooLargeException'
  | 'ResourceNotFoundException'
  | 'SerializationException'
  | 'UnexpectedLambdaException'
  | 'UnknownOperationException'
  | 'UserLambdaValidationException';

/**
 * A refused API call: the caller's fault, told as the user pools API tells it.
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
