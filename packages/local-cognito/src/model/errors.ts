/** Every code that this package throws. */
export type LocalCognitoErrorCode =
  | 'ERR_LOCAL_PORT_IN_USE'
  | 'ERR_LOCAL_LISTEN'
  | 'ERR_LOCAL_BUILD'
  | 'ERR_LOCAL_BUNDLE_MISSING'
  | 'ERR_LOCAL_BUNDLE_INVALID'
  | 'ERR_LOCAL_TRIGGER_INVALID'
  | 'ERR_LOCAL_CONFIG_INVALID'
  | 'ERR_LOCAL_CONFIG_UNREADABLE'
  | 'ERR_LOCAL_DATA_INVALID'
  | 'ERR_LOCAL_DATA_IN_USE'
  | 'ERR_LOCAL_OPTIONS_CONFLICT'
  | 'ERR_LOCAL_ENDPOINT_INVALID'
  | 'ERR_LOCAL_ENDPOINT_FAILED'
  | 'ERR_LOCAL_DEPLOYMENT_INCOMPLETE';

/** The caller's fault: local Cognito cannot start with these options. */
export class LocalCognitoError extends Error {
  override readonly name = 'LocalCognitoError';
  readonly code: LocalCognitoErrorCode;

  constructor(code: LocalCognitoErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
  }
}
