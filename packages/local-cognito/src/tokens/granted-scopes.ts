/**
 * Decides which scopes are granted before the trigger runs.
 *
 * @param requested - What the caller asked for; nothing asks for every scope of the client.
 * @returns The scopes in the order of the request, or `undefined` if the client may not have one of them.
 */
export function grantScopes(
  requested: readonly string[],
  allowed: readonly string[],
): readonly string[] | undefined {
  if (requested.length === 0) return allowed;
  const distinct = [...new Set(requested)];
  return distinct.every((scope) => allowed.includes(scope)) ? distinct : undefined;
}
