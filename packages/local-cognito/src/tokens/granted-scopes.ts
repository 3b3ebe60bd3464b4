import type { CognitoBehaviour } from '../behaviour.ts';

/**
 * Decides which scopes are granted before the trigger runs.
 *
 * @param requested - What the caller asked for; nothing asks for every scope of the client.
 * @returns The scopes in the order of the request unless `scopeOrder` says otherwise, or `undefined` if the client may not have one of them.
 */
export function grantScopes(
  requested: readonly string[],
  allowed: readonly string[],
  { scopeOrder }: Pick<CognitoBehaviour, 'scopeOrder'>,
): readonly string[] | undefined {
  if (requested.length === 0) return allowed;
  const distinct = [...new Set(requested)];
  if (!distinct.every((scope) => allowed.includes(scope))) return undefined;
  return scopeOrder === 'requested'
    ? distinct
    : allowed.filter((scope) => distinct.includes(scope));
}
