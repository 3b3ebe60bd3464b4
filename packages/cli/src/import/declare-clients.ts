import type { BaselineRecord, Contract } from '@cognito-m2m/claim-schema';
import { compareText } from '@cognito-m2m/claim-schema/values';
import type { ClientInput } from '@cognito-m2m/environment';
import { declareClient, whyUndeclarable } from './declare-client.ts';
import type { Declared, ImportNote, Place } from './import-note.ts';
import type { ClientDescription, PoolDescription } from './pool-description.ts';

/** The clients of a pool as a file would declare them, by name. */
interface DeclaredClients extends Declared<Record<string, ClientInput>> {
  /** App client ids by name in the file. */
  readonly ids: ReadonlyMap<string, string>;
  /** What AWS did not say and the file says all the same. */
  readonly assumed: readonly ImportNote[];
}

/** Declares every client for machines, in the order of their names; the others are noted. */
export function declareClients(
  description: PoolDescription,
  knownScopes: ReadonlySet<string>,
  poolOwner: string,
  contract: Contract,
): DeclaredClients {
  const value: Record<string, ClientInput> = {};
  const ids = new Map<string, string>();
  const notes: ImportNote[] = [];
  const assumed: ImportNote[] = [];
  const { machines, others } = sortClients(description, knownScopes);
  notes.push(...others.map(({ client, reason }) => leftOut(description, client, reason)));
  for (const { name, foundName, client, baseline, scopes } of machines) {
    const place = { pool: description.name, client: name };
    const text = description.clientTexts.get(name);
    const source = { place, client, scopes, knownScopes, baseline, text, poolOwner, contract };
    const declared = declareClient(source);
    value[name] = declared.value;
    ids.set(name, client.ClientId ?? '');
    notes.push(...renamed(place, foundName, client), ...declared.notes);
    if (text === undefined) assumed.push(assumedText(place));
  }
  return { value, ids, notes, assumed };
}

/** The clients of a pool: those for machines with the names that a file gives them, and those that get no token for machines. */
export function sortClients(description: PoolDescription, knownScopes: ReadonlySet<string>) {
  const declarable: DeclarableClient[] = [];
  const others: { client: ClientDescription; reason: Pick<ImportNote, 'what' | 'why'> }[] = [];
  for (const named of namedClients(description)) {
    const allowed = [...(named.client.AllowedOAuthScopes ?? [])].sort();
    const scopes = allowed.filter((scope) => knownScopes.has(scope));
    const reason = whyUndeclarable(named.client, scopes);
    if (reason === undefined) declarable.push({ ...named, scopes });
    else others.push({ client: named.client, reason });
  }
  return { machines: withFileNames(declarable), others };
}

interface NamedClient {
  /** Any string that Amazon Cognito takes, and not only of one client. */
  readonly foundName: string;
  readonly client: ClientDescription;
  readonly baseline?: BaselineRecord | undefined;
}

/** All clients by the name of their record, or else their own. */
function namedClients({ clients, listing }: PoolDescription): NamedClient[] {
  const named = clients.map((client): NamedClient => {
    const { ClientId = '', ClientName = '' } = client;
    const baseline = listing?.clients.get(ClientId)?.baseline;
    return { foundName: baseline?.clientName ?? ClientName, client, baseline };
  });
  // Of two with one name, the one with a record comes first, then the older one: it has been in use for longer.
  return named.sort(
    (first, second) =>
      compareText(first.foundName, second.foundName) ||
      Number(first.baseline === undefined) - Number(second.baseline === undefined) ||
      createdAt(first) - createdAt(second),
  );
}

function createdAt({ client }: NamedClient): number {
  return client.CreationDate?.getTime() ?? 0;
}

interface DeclarableClient extends NamedClient {
  readonly scopes: readonly string[];
}

/** What an environment file takes as a client's name. */
const CLIENT_NAME = /^[A-Za-z0-9][\w.-]{0,127}$/;
const MAX_NAME_LENGTH = 128;

/**
 * Gives every client a name that a file takes, and that no other client has; a client that is left out would lose its tokens.
 *
 * Who has such a name already keeps it.
 */
function withFileNames(
  clients: readonly DeclarableClient[],
): (DeclarableClient & { readonly name: string })[] {
  const names = new Map<DeclarableClient, string>();
  const taken = new Set<string>();
  const give = (client: DeclarableClient, name: string) => {
    names.set(client, name);
    taken.add(name);
  };
  for (const client of clients) {
    const { foundName } = client;
    if (CLIENT_NAME.test(foundName) && !taken.has(foundName)) give(client, foundName);
  }
  for (const client of clients) {
    if (!names.has(client)) give(client, freeName(toFileName(client), taken));
  }
  return clients
    .map((client) => ({ ...client, name: names.get(client) ?? '' }))
    .sort((first, second) => compareText(first.name, second.name));
}

function toFileName({ foundName, client }: DeclarableClient): string {
  const name = foundName
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .replace(/[^\w.-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+|[-_.]+$/g, '');
  return name === '' ? `client-${client.ClientId}` : name;
}

function freeName(wanted: string, taken: ReadonlySet<string>): string {
  const base = wanted.slice(0, MAX_NAME_LENGTH);
  if (!taken.has(base)) return base;
  for (let number = 2; ; number += 1) {
    const suffix = `-${number}`;
    const name = base.slice(0, MAX_NAME_LENGTH - suffix.length) + suffix;
    if (!taken.has(name)) return name;
  }
}

function renamed(place: Place, foundName: string, { ClientId }: ClientDescription): ImportNote[] {
  if (foundName === place.client) return [];
  return [
    {
      place,
      what: `App client ${ClientId} has the name "${foundName}".`,
      why: 'In a file, a name has letters, digits and ._- only, and one client has it.',
      outcome: `The file names it "${place.client}", and the first deploy renames the app client. Its ID and its secret stay.`,
    },
  ];
}

function leftOut(
  { name }: PoolDescription,
  { ClientName, ClientId = '' }: ClientDescription,
  reason: Pick<ImportNote, 'what' | 'why'>,
): ImportNote {
  return {
    place: { pool: name, client: ClientName ?? ClientId },
    ...reason,
    outcome: `App client ${ClientId} stays in the pool as it is, outside the file. It gets no token for machines, neither before nor after.`,
  };
}

/** Notes that somebody must say what a client does. */
export function assumedText(place: Place): ImportNote {
  return {
    place,
    what: 'The description names the client’s id.',
    why: 'Amazon Cognito keeps no description of a client.',
    outcome: 'Say in one sentence what the client does.',
  };
}
