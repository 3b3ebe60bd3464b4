import { type Fault, joinPath } from '@cognito-m2m/claim-schema';
import { listDeclaredScopes } from '../declared-scopes.ts';
import type { PartialClient, PartialPool } from './rule.ts';

/** Every scope that a client names must be one that a resource server of its pool declares. */
export function checkClientScopes(pool: PartialPool, client: PartialClient, path: string): Fault[] {
  // Only the owner of an existing pool knows its resource servers.
  const declared = pool.existing === undefined ? new Set(listDeclaredScopes(pool)) : undefined;
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

/** How Amazon Cognito calls a custom scope. @see https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-define-resource-servers.html */
const CUSTOM_SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]{1,256}\/[\x21\x23-\x2e\x30-\x5b\x5d-\x7e]{1,256}$/;

/** Scopes that open Amazon Cognito itself, such as `aws.cognito/dcr/register`: a client with that one can register others. */
const SYSTEM_SCOPE = /^aws\.cognito/i;

function checkScope(
  scope: string,
  declared: ReadonlySet<string> | undefined,
  path: string,
): Fault[] {
  if (declared === undefined) {
    if (SYSTEM_SCOPE.test(scope)) {
      const problem = `scope "${scope}" belongs to Amazon Cognito`;
      return [{ path, problem, expected: 'a scope not beginning with "aws.cognito"' }];
    }
    if (CUSTOM_SCOPE.test(scope)) return [];
    return [{ path, problem: `"${scope}" is not a custom scope`, expected: '"<server>/<scope>"' }];
  }
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
