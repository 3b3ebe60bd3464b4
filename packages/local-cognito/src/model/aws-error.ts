/** The exceptions of the AWS APIs that this server answers with. */
export type AwsExceptionName =
  | 'InternalErrorException'
  | 'InvalidLambdaResponseException'
  | 'InvalidParameterException'
  | 'LimitExceededException'
  | 'MissingAuthenticationTokenException'
  | 'NotAuthorizedException'
  | 'OperationNotEnabledException'
  | 'RequestEntityTooLargeException'
  | 'ResourceExistsException'
  | 'ResourceNotFoundException'
  | 'SerializationException'
  | 'UnexpectedLambdaException'
  | 'UnknownOperationException'
  | 'UserLambdaValidationException';

/**
 * A refused API call: the caller's fault, told as AWS tells it.
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
