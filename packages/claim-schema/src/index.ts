export { isCanonicalUrl } from './canonical-url.ts';
export {
  checkClaimName,
  checkClaims,
  checkClaimValue,
  checkUnverifiedSource,
  checkWrittenClaim,
} from './claim-rules.ts';
export {
  type Claims,
  type ClaimType,
  type ClaimValue,
  claimTypeOf,
  describeKind,
  isClaimValue,
  isOfClaimType,
  type JsonObject,
  type JsonValue,
} from './claim-value.ts';
export {
  type ClaimDefinition,
  type ClaimsOf,
  type ClaimValueOf,
  type Contract,
  defineContract,
  definitionOf,
  type MemberDefinition,
  type PartialClaimsOf,
  requiredClaimNames,
  type ValueRules,
  type Verified,
  type VerifiedNames,
} from './contract-definition.ts';
export { DENIAL_MESSAGES, type DenialCode } from './denial.ts';
export { type Fault, formatFault, joinPath } from './fault.ts';
export { toJsonSchema } from './json-schema.ts';
export { claimsSizeBytes, DEFAULT_SIZE_BUDGET_BYTES, MAX_CHANGES_PER_TOKEN } from './limits.ts';
export {
  type ClaimMember,
  findMember,
  listMemberPaths,
  readMember,
  removeMember,
  setMember,
} from './members.ts';
export type {
  BaselineRecord,
  ClaimDeclaration,
  ClaimLayers,
  ClaimRecord,
  MetadataSelector,
  OverrideClaim,
  OverrideRecord,
  SettingsRecord,
  UnknownClientPolicy,
} from './record.ts';
export { REQUEST_DENIAL_MESSAGES } from './request-denial.ts';
export {
  largestRequest,
  type Requester,
  type RequestVariant,
  requestVariants,
  requiredMetadata,
  smallestRequest,
} from './requests.ts';
export {
  isAllowedAudience,
  isReservedClaimName,
  isUnsuppressibleClaimName,
  RESERVED_CLAIM_NAMES,
} from './reserved-names.ts';
export {
  CLAIM_LAYERS,
  type ClaimLayer,
  type ClaimOrigin,
  type ClaimRequest,
  type Denial,
  type DroppedClaim,
  type IssuedClaims,
  type Resolution,
} from './resolution.ts';
export { type ClaimRules, needsSettings, resolveClaims } from './resolve-claims.ts';
export { findSecret } from './secret-scan.ts';
export { supposeToken } from './suppose-token.ts';
export { listPassedTokenChecks } from './token-checks.ts';
export {
  TOKEN_REFUSAL_MESSAGES,
  type TokenIssuer,
  type TokenRefusalCode,
  type TokenSelector,
  type TokenVerdict,
} from './token-selector.ts';
export { knownMembers } from './value-rules.ts';
export { VERSION } from './version.ts';
export { findChangingText } from './written-value.ts';
