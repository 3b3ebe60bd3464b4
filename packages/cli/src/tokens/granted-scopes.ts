import type { Resolution } from '@cognito-m2m/claim-schema';

/** The scopes of the token: asked for, plus what the client's record adds, minus what it suppresses. */
export function grantedScopes(asked: readonly string[], resolution: Resolution): string[] {
  if (resolution.outcome === 'deny') return [];
  const { add, suppress } = resolution.scopes;
  return [...new Set([...asked, ...add])].filter((scope) => !suppress.includes(scope)).sort();
}
