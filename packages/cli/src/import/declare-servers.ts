import type { ResourceServerType } from '@aws-sdk/client-cognito-identity-provider';
import { findSecret } from '@cognito-m2m/claim-schema';
import type { ResourceServer } from '@cognito-m2m/environment';
import { compareText } from '../frame/output/text.ts';
import type { Declared, ImportNote, Place } from './import-note.ts';

type ResourceServers = { readonly [identifier: string]: ResourceServer };

/** A key that an object literal would take for something else. */
const UNREADABLE_NAME = '__proto__';

/**
 * Declares the resource servers of a pool with their scopes.
 *
 * @param order - Scopes in the order of the file that was deployed, as the settings of the pool keep it; others follow by name.
 */
export function declareServers(
  servers: readonly ResourceServerType[],
  order: readonly string[],
  place: Place,
): Declared<ResourceServers> {
  const notes: ImportNote[] = [];
  const compare = compareBy(order);
  const entries = servers.flatMap(
    ({ Identifier = '', Name, Scopes = [] }): [string, ResourceServer][] => {
      if (Identifier === UNREADABLE_NAME) {
        notes.push(unreadableName(place));
        return [];
      }
      const sorted = [...Scopes].sort((first, second) =>
        compare(`${Identifier}/${first.ScopeName}`, `${Identifier}/${second.ScopeName}`),
      );
      const scopes = sorted.map(({ ScopeName = '', ScopeDescription = '' }): [string, string] => {
        if (findSecret('', ScopeDescription) === undefined) return [ScopeName, ScopeDescription];
        notes.push(secretText(place, `scope ${Identifier}/${ScopeName}`));
        return [ScopeName, ScopeName];
      });
      return [[Identifier, { name: Name ?? Identifier, scopes: Object.fromEntries(scopes) }]];
    },
  );
  entries.sort((first, second) => compare(firstScope(first), firstScope(second)));
  return { value: Object.fromEntries(entries), notes };
}

function compareBy(order: readonly string[]) {
  const rank = (scope: string) => (order.includes(scope) ? order.indexOf(scope) : order.length);
  return (first: string, second: string) =>
    rank(first) - rank(second) || compareText(first, second);
}

function firstScope([identifier, { scopes }]: [string, ResourceServer]): string {
  return `${identifier}/${Object.keys(scopes)[0] ?? ''}`;
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
