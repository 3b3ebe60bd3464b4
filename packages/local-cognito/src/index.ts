export { type CognitoBehaviour, DEFAULT_BEHAVIOUR } from './model/behaviour.ts';
export { LocalCognitoError, type LocalCognitoErrorCode } from './model/errors.ts';
export type { Fault } from './model/fault.ts';
export type { RequestRecord } from './model/journal.ts';
export { startLocalCognito } from './start-local-cognito.ts';
export type {
  ClientOptions,
  LocalClient,
  LocalClock,
  LocalCognito,
  LocalCognitoLogger,
  LocalCognitoOptions,
  LocalPool,
  PoolOptions,
  ResourceServerOptions,
} from './start-options.ts';
export type {
  Runtime,
  TriggerEvent,
  TriggerHandler,
  TriggerInput,
  TriggerOptions,
} from './trigger/trigger-options.ts';
