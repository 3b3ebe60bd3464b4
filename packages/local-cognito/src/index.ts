export { type CognitoBehaviour, DEFAULT_BEHAVIOUR } from './behaviour.ts';
export { LocalCognitoError, type LocalCognitoErrorCode } from './errors.ts';
export type { RequestRecord } from './journal.ts';
export { startLocalCognito } from './start-local-cognito.ts';
export type {
  LocalClient,
  LocalCognito,
  LocalCognitoLogger,
  LocalCognitoOptions,
  LocalDeployment,
  LocalPool,
} from './start-options.ts';
