export { applyRepair } from './apply-repair.ts';
export {
  type AttachedFunction,
  type Attachment,
  readAttachedFunction,
  toAttachedFunction,
} from './attached-function.ts';
export { attachTrigger, detachTrigger, keepUpdatable, PoolChangeError } from './change-pool.ts';
export { runsTrigger } from './checks/user-pool.ts';
export type { DeclaredPool, DeploymentView } from './deployment-view.ts';
export {
  listAppClientIds,
  listRegisteredClients,
  type RegisteredClient,
  readAppClients,
} from './gather/app-clients.ts';
export {
  type DeploymentClients,
  type DeploymentSource,
  gatherDeployment,
  type LocatedPool,
} from './gather/gather-deployment.ts';
export { mapConcurrently } from './gather/map-concurrently.ts';
export {
  createOptionalReads,
  ifFound,
  isUnknownOperation,
  type OptionalReads,
} from './gather/optional-reads.ts';
export { listParameters, readAttachment, readParameters } from './gather/parameters.ts';
export { readFeaturePlan, readResourceServers } from './gather/user-pool.ts';
export type { UserTokenQuestions } from './gather/user-tokens.ts';
export { describeRepair, mergeRepairs, type Repair } from './repairs.ts';
export { type CheckName, type Finding, runChecks } from './run-checks.ts';
