import type { ResourceServerType } from '@aws-sdk/client-cognito-identity-provider';
import { findSecret } from '@cognito-m2m/claim-schema';
import type { ResourceServer } from '@cognito-m2m/environment';
import type { Declared, ImportNote, Place } from '../import-note.ts';

type ResourceServers = { readonly [identifier: string]: ResourceServer };

/** A key that an object literal would take for something else. */
const UNREADABLE_NAME = '__proto__';

/** Declares the resource servers of a pool with their scopes, both by name. */
export function declareServers(
  servers: readonly ResourceServerType[],
  place: Place,
): Declared<ResourceServers> {
  const notes: ImportNote[] = [];
  const entries = servers.flatMap(
    ({ Identifier = '', Name, Scopes = [] }): [string, ResourceServer][] => {
      if (Identifier === UNREADABLE_NAME) {
        notes.push(unreadableName(place));
        return [];
      }
      const scopes = Scopes.map(({ ScopeName = '', ScopeDescription = '' }): [string, string] => {
        if (findSecret('', ScopeDescription) === undefined) return [ScopeName, ScopeDescription];
        notes.push(secretText(place, `scope ${Identifier}/${ScopeName}`));
        return [ScopeName, ScopeName];
      });
      return [[Identifier, { name: Name ?? Identifier, scopes: toSortedObject(scopes) }]];
    },
  );
  return { value: toSortedObject(entries), notes };
}

/** The scopes of all servers, as clients name them. */
export function scopeNames(servers: ResourceServers): ReadonlySet<string> {
  return new Set(
    Object.entries(servers).flatMap(([identifier, { scopes }]) =>
      Object.keys(scopes).map((scope) => `${identifier}/${scope}`),
    ),
  );
}

function toSortedObject<T>(entries: readonly [string, T][]): { [key: string]: T } {
  return Object.fromEntries([...entries].sort(([first], [second]) => (first < second ? -1 : 1)));
}

function unreadableName(place: Place): ImportNote {
  return {
    place,
    what: `A resource server is called "${UNREADABLE_NAME}".`,
    why: 'No object literal can hold that name.',
    outcome: 'It stays in the pool as it is, outside the file; its scopes are left out.',
  };
}

function secretText(place: Place, what: string): ImportNote {
  return {
    place,
    what: `The description of ${what} looks like a secret.`,
    why: 'No secret is written to a file.',
    outcome: 'The file says the name in its place, and the first deploy writes that.',
  };
}
