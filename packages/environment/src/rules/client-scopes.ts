import { type Fault, joinPath } from '@cognito-m2m/claim-schema';
import { listDeclaredScopes } from '../declared-scopes.ts';
import type { PartialClient, PartialPool } from './rule.ts';

/** Every scope that a client names must be one that a resource server of its pool declares. */
export function checkClientScopes(pool: PartialPool, client: PartialClient, path: string): Fault[] {
  const declared = new Set(listDeclaredScopes(pool));
  const lists = ['scopes', 'addScopes', 'suppressScopes'] as const;
  const listed = lists.flatMap((list) =>
    (client[list] ?? []).flatMap((scope, index) =>
      checkScope(scope, declared, joinPath(joinPath(path, list), index)),
    ),
  );
  const keyed = Object.keys(client.claimsByScope ?? {}).flatMap((scope) =>
    checkScope(scope, declared, joinPath(joinPath(path, 'claimsByScope'), scope)),
  );
  return [...listed, ...findDoubles(client.scopes ?? [], joinPath(path, 'scopes')), ...keyed];
}

function checkScope(scope: string, declared: ReadonlySet<string>, path: string): Fault[] {
  if (declared.has(scope)) return [];
  const names = [...declared];
  const shown = names.length > 10 ? [...names.slice(0, 10), '…'] : names;
  const expected = shown.length === 0 ? 'a declared resource server' : `one of ${shown.join(', ')}`;
  return [{ path, problem: `scope "${scope}" is not declared in this pool`, expected }];
}

function findDoubles(scopes: readonly string[], path: string): Fault[] {
  return scopes.flatMap((scope, index) =>
    scopes.indexOf(scope) < index
      ? [{ path: joinPath(path, index), problem: `scope "${scope}" is listed twice` }]
      : [],
  );
}
