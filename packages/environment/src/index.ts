export { toBaselineRecord, toSettingsRecord } from './baseline-record.ts';
export { listDeclaredScopes } from './declared-scopes.ts';
export type {
  ClientInput,
  ClientRegistration,
  CustomDomain,
  EnvironmentInput,
  ExistingPool,
  PoolInput,
  ResourceServer,
  StateInput,
  TokenIssuerInput,
  TokenSelectorInput,
  TriggerInput,
  UserTrigger,
  WatchSettings,
} from './environment.ts';
export { EnvironmentError, type EnvironmentErrorCode } from './errors.ts';
export {
  findEnvironmentsDirectory,
  listEnvironments,
  loadEnvironment,
} from './load-environment.ts';
export { DEFAULT_TRIGGER, DEFAULT_WATCH } from './normalise-environment.ts';
export {
  type Client,
  type Environment,
  isTheirs,
  type Pool,
  type TriggerSettings,
} from './normalised-environment.ts';
export { type ClientTokens, resolveClientTokens } from './rules/clients.ts';
export { RUNTIME_END_OF_SUPPORT, runtimeNotice } from './runtimes.ts';
export { toTokenIssuersVariable, toUserTriggersVariable } from './trigger-variables.ts';
export { validateEnvironment } from './validate-environment.ts';
export {
  type CanaryDeclaration,
  toCanaryVariable,
  toWatchedVariable,
} from './watch-variables.ts';
