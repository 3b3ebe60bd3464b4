/** A JSON object. */
interface Json {
  readonly [name: string]: unknown;
}

/** Both tokens of a user, as claims; scopes are a list. */
export interface UserTokens {
  readonly id: Json;
  readonly access: Json;
}

interface Groups {
  readonly groupsToOverride?: unknown;
  readonly iamRolesToOverride?: unknown;
  readonly preferredRole?: unknown;
}

interface Changes {
  readonly claimsToAddOrOverride?: Json;
  readonly claimsToSuppress?: readonly string[];
  readonly scopesToAdd?: readonly string[];
  readonly scopesToSuppress?: readonly string[];
  readonly groupOverrideDetails?: Groups | null;
}

interface Response {
  readonly claimsOverrideDetails?: Changes | null;
  readonly claimsAndScopeOverrideDetails?: {
    readonly idTokenGeneration?: Changes;
    readonly accessTokenGeneration?: Changes;
    readonly groupOverrideDetails?: Groups | null;
  } | null;
}

/**
 * Changes both tokens of a user as the answer of a pre-token-generation trigger says, by the words of AWS's page.
 *
 * Version one: claims of the ID token, and the groups of both tokens. Versions two and three: claims of either token, scopes of
 * the access token, and the groups of both. Empty or null group details suppress the groups; absent ones leave them.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html
 */
export function tokensAfter(
  version: 'V1_0' | 'V3_0',
  { response }: { readonly response: Response },
  { id, access }: UserTokens,
): UserTokens {
  if (version === 'V1_0') {
    const details = response.claimsOverrideDetails ?? {};
    const groups = groupsAfter(details);
    return {
      id: { ...change(id, details), ...groups.id },
      access: { ...access, ...groups.access },
    };
  }
  const details = response.claimsAndScopeOverrideDetails ?? {};
  const groups = groupsAfter(details);
  return {
    id: { ...change(id, details.idTokenGeneration ?? {}), ...groups.id },
    access: { ...change(access, details.accessTokenGeneration ?? {}), ...groups.access },
  };
}

function change(token: Json, changes: Changes): Json {
  const { claimsToAddOrOverride = {}, claimsToSuppress = [] } = changes;
  const { scopesToAdd = [], scopesToSuppress = [] } = changes;
  const suppressed = new Set(claimsToSuppress);
  const claims = Object.entries({ ...token, ...claimsToAddOrOverride });
  const scopes = Array.isArray(token['scope'])
    ? [...token['scope'], ...scopesToAdd].filter((scope) => !scopesToSuppress.includes(scope))
    : undefined;
  return {
    ...Object.fromEntries(claims.filter(([name]) => !suppressed.has(name))),
    ...(scopes && { scope: scopes }),
  };
}

function groupsAfter(details: { readonly groupOverrideDetails?: Groups | null }): UserTokens {
  if (!('groupOverrideDetails' in details)) return { id: {}, access: {} };
  const { groupsToOverride, iamRolesToOverride, preferredRole } =
    details.groupOverrideDetails ?? {};
  const access = { 'cognito:groups': groupsToOverride };
  return {
    id: {
      ...access,
      'cognito:roles': iamRolesToOverride,
      'cognito:preferred_role': preferredRole,
    },
    access,
  };
}
