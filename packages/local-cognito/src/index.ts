export { type CognitoBehaviour, DEFAULT_BEHAVIOUR } from './model/behaviour.ts';
export { LocalCognitoError, type LocalCognitoErrorCode } from './model/errors.ts';
export type { RequestRecord } from './model/journal.ts';
export { startLocalCognito } from './start-local-cognito.ts';
export type {
  LocalClient,
  LocalCognito,
  LocalCognitoLogger,
  LocalCognitoOptions,
  LocalDeployment,
  LocalPool,
} from './start-options.ts';
