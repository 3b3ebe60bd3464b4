import { isDeepStrictEqual } from 'node:util';
import type { ResourceServerType } from '@aws-sdk/client-cognito-identity-provider';
import { type Claims, type Contract, findSecret } from '@cognito-m2m/claim-schema';
import { compareText } from '@cognito-m2m/claim-schema/values';
import {
  type ClientInput,
  listDeclaredScopes,
  type PoolInput,
  type ResourceServer,
} from '@cognito-m2m/environment';
import { declareClaims } from './declare-client.ts';
import { declareClients } from './declare-clients.ts';
import { type Declared, filled, type ImportNote, type Place } from './import-note.ts';
import type { PoolDescription } from './pool-description.ts';
import { poolSettingNotes } from './pool-setting-notes.ts';

/** What all pools of an import share. */
interface PoolContext {
  readonly environmentName: string;
  readonly environmentOwner: string;
  readonly contract: Contract;
  /** Claims for every client of a pool whose records name no pool default. */
  readonly defaultClaims: Claims;
}

/** A pool as a file would declare it, what it assumes, and what it leaves out. */
export interface DeclaredPool extends Declared<PoolInput> {
  /** App client ids by name in the file. */
  readonly clientIds: ReadonlyMap<string, string>;
  /** What AWS did not say and the file says all the same. */
  readonly assumed: readonly ImportNote[];
}

/** Amazon Cognito's own default, which nobody writes. */
const DEFAULT_MINUTES = 60;

/** Declares one user pool: what an environment file can say of it, and what not. */
export function declarePool(description: PoolDescription, context: PoolContext): DeclaredPool {
  const { name, pool, webAclArn, listing, text } = description;
  const place = { pool: name };
  const owner = ownerOf(description, context);
  const servers = declareServers(
    description.resourceServers,
    listing?.settings?.declaredScopes ?? [],
    place,
  );
  const defaults = declareDefaults(description, context, place);
  const knownScopes = new Set(listDeclaredScopes({ resourceServers: servers.value }));
  const clients = declareClients(description, knownScopes, owner, context.contract);
  const minutes = sharedMinutes(Object.values(clients.value));
  const { customDomain } = description;
  const prefix =
    pool.Domain ?? (customDomain === undefined ? `${context.environmentName}-${name}` : undefined);
  const unknownClients = listing?.settings?.unknownClients ?? 'deny';
  return {
    value: {
      ...filled({
        owner: owner === context.environmentOwner ? undefined : owner,
        description: text,
      }),
      ...filled<
        Pick<PoolInput, 'domainPrefix' | 'customDomain' | 'plan' | 'unknownClients' | 'webAclArn'>
      >({
        domainPrefix: prefix,
        customDomain,
        plan: pool.UserPoolTier === 'PLUS' ? 'PLUS' : undefined,
        unknownClients: unknownClients === 'deny' ? undefined : unknownClients,
        webAclArn,
      }),
      resourceServers: servers.value,
      ...filled({
        defaults: filled({ claims: defaults.value, accessTokenMinutes: minutes }),
      }),
      clients: withoutMinutes(clients.value, minutes),
    },
    clientIds: clients.ids,
    assumed: [...assumedDomain(description, prefix), ...clients.assumed],
    notes: [
      ...poolSettingNotes(description, place),
      ...servers.notes,
      ...defaults.notes,
      ...recordNotes(description, place),
      ...clients.notes,
    ],
  };
}

function ownerOf({ pool }: PoolDescription, { environmentOwner }: PoolContext): string {
  const { owner = environmentOwner } = pool.UserPoolTags ?? {};
  return findSecret('', owner) === undefined ? owner : environmentOwner;
}

/** The defaults that every record of the pool carries alike; those given for the import, where there is no record. */
function declareDefaults(
  { listing }: PoolDescription,
  { contract, defaultClaims }: PoolContext,
  place: Place,
): Declared<Claims> {
  const [first] = [...(listing?.clients.values() ?? [])].flatMap(({ baseline }) => baseline ?? []);
  return declareClaims({ ...defaultClaims, ...first?.defaults }, contract, place, 'pool default');
}

function assumedDomain({ name, pool }: PoolDescription, prefix: string | undefined): ImportNote[] {
  if (pool.Domain !== undefined || prefix === undefined) return [];
  return [
    {
      place: { pool: name },
      what: `The domain prefix is "${prefix}".`,
      why: 'The pool has no prefix domain.',
      outcome: 'The first deploy makes it; choose another if it is taken in the Region.',
    },
  ];
}

/** The token life that all clients share, if it is worth a word. */
function sharedMinutes(clients: readonly ClientInput[]): number | undefined {
  const [minutes, ...others] = new Set(clients.map((client) => client.accessTokenMinutes));
  return clients.length > 1 && others.length === 0 && minutes !== DEFAULT_MINUTES
    ? minutes
    : undefined;
}

/** Leaves out what the default says already. */
function withoutMinutes(clients: Record<string, ClientInput>, poolMinutes: number | undefined) {
  const usual = poolMinutes ?? DEFAULT_MINUTES;
  return Object.fromEntries(
    Object.entries(clients).map(([name, client]): [string, ClientInput] => {
      const { accessTokenMinutes, ...others } = client;
      return [name, accessTokenMinutes === usual ? others : client];
    }),
  );
}

/** Names what the claims table holds for a pool and no file can say: each shows in the plan right after. */
function recordNotes(description: PoolDescription, place: Place): ImportNote[] {
  return [
    ...invalidItems(description, place),
    ...orphans(description, place),
    ...otherNames(description),
    ...otherDefaults(description),
  ];
}

function invalidItems({ listing }: PoolDescription, place: Place): ImportNote[] {
  return (listing?.invalidItems ?? []).map(({ sortKey }) => ({
    place,
    what: `Item "${sortKey}" in the claims table is not a valid record.`,
    why: 'It cannot be read.',
    outcome: 'It stays in the table; m2m doctor says what is wrong with it.',
  }));
}

function orphans({ listing, clients }: PoolDescription, place: Place): ImportNote[] {
  const known = new Set(clients.map(({ ClientId }) => ClientId));
  return [...(listing?.clients.values() ?? [])]
    .filter(({ clientId }) => !known.has(clientId))
    .map(({ clientId, baseline }) => ({
      place,
      what: `The claims table has records of ${baseline?.clientName ?? clientId}, but the pool has no such app client.`,
      why: 'A file declares clients, and this one is gone.',
      outcome:
        'They stay in the table until they are deleted; m2m plan shows a baseline as removed.',
    }));
}

function otherNames({ name: pool, listing, clients }: PoolDescription): ImportNote[] {
  return clients.flatMap(({ ClientId = '', ClientName = '' }) => {
    const recorded = listing?.clients.get(ClientId)?.baseline?.clientName ?? ClientName;
    if (recorded === ClientName) return [];
    return {
      place: { pool, client: recorded },
      what: `Amazon Cognito calls the app client "${ClientName}", its record "${recorded}".`,
      why: 'A client has one name.',
      outcome:
        'The file takes the name of the record, and the first deploy renames the app client.',
    };
  });
}

function otherDefaults({ name: pool, listing }: PoolDescription): ImportNote[] {
  const baselines = [...(listing?.clients.values() ?? [])].flatMap(
    ({ baseline }) => baseline ?? [],
  );
  const [first, ...others] = baselines;
  return others
    .filter(({ defaults }) => !isDeepStrictEqual(defaults, first?.defaults))
    .map(({ clientName }) => ({
      place: { pool, client: clientName },
      what: `Its record carries other pool defaults than that of ${first?.clientName}.`,
      why: 'A pool has one set of defaults.',
      outcome: 'The file takes the first; m2m plan shows what that changes.',
    }));
}

type ResourceServers = { readonly [identifier: string]: ResourceServer };

/** A key that an object literal would take for something else. */
const UNREADABLE_NAME = '__proto__';

/**
 * Declares the resource servers of a pool with their scopes.
 *
 * @param order - Scopes in the order of the file that was deployed, as the settings of the pool keep it; others follow by name.
 */
function declareServers(
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
