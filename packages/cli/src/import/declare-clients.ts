import type { BaselineRecord, Contract } from '@cognito-m2m/claim-schema';
import type { ClientInput } from '@cognito-m2m/environment';
import { compareText } from '../frame/output/text.ts';
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
  for (const { name, client, baseline } of namedClients(description)) {
    const place = { pool: description.name, client: name };
    const allowed = [...(client.AllowedOAuthScopes ?? [])].sort();
    const scopes = allowed.filter((scope) => knownScopes.has(scope));
    const reason = whyUndeclarable(name, client, new Set(ids.keys()), scopes);
    if (reason !== undefined) {
      notes.push(leftOut(description, client, reason));
      continue;
    }
    const text = description.clientTexts.get(name);
    const source = { place, client, scopes, knownScopes, baseline, text, poolOwner, contract };
    const declared = declareClient(source);
    value[name] = declared.value;
    ids.set(name, client.ClientId ?? '');
    notes.push(...declared.notes);
    if (text === undefined) assumed.push(assumedText(place));
  }
  return { value, ids, notes, assumed };
}

interface NamedClient {
  readonly name: string;
  readonly client: ClientDescription;
  readonly baseline?: BaselineRecord | undefined;
}

/** All clients by the name that the file gives them: that of their record, or else their own. */
function namedClients({ clients, listing }: PoolDescription): NamedClient[] {
  const named = clients.map((client): NamedClient => {
    const { ClientId = '', ClientName = '' } = client;
    const baseline = listing?.clients.get(ClientId)?.baseline;
    return { name: baseline?.clientName ?? ClientName, client, baseline };
  });
  // Of two with one name, the one with a record comes first, then the older one: it has been in use for longer.
  return named.sort(
    (first, second) =>
      compareText(first.name, second.name) ||
      Number(first.baseline === undefined) - Number(second.baseline === undefined) ||
      createdAt(first) - createdAt(second),
  );
}

function createdAt({ client }: NamedClient): number {
  return client.CreationDate?.getTime() ?? 0;
}

function leftOut(
  { name }: PoolDescription,
  { ClientName, ClientId = '' }: ClientDescription,
  reason: Pick<ImportNote, 'what' | 'why'>,
): ImportNote {
  return {
    place: { pool: name, client: ClientName ?? ClientId },
    ...reason,
    outcome: `App client ${ClientId} stays in the pool as it is, outside the file; as long as it has no record, the trigger refuses it machine tokens.`,
  };
}

function assumedText(place: Place): ImportNote {
  return {
    place,
    what: 'The description names the client’s id.',
    why: 'Amazon Cognito keeps no description of a client.',
    outcome: 'Say in one sentence what the client does.',
  };
}
