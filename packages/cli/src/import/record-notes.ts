import { isDeepStrictEqual } from 'node:util';
import type { ImportNote, Place } from './import-note.ts';
import type { PoolDescription } from './pool-description.ts';

/** Names what the claims table holds for a pool and no file can say: each shows in the plan right after. */
export function recordNotes(description: PoolDescription, place: Place): ImportNote[] {
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
