import { formatFault } from '@cognito-m2m/claim-schema';
import type { Check, Problem } from '../deployment-view.ts';
import { appClientSubject, listedPools, poolSubject, recordSubject } from './subjects.ts';

const DAY_SECONDS = 86_400;

/** Every app client has a baseline. */
export const checkClientClaims: Check = (view) =>
  listedPools(view).flatMap((pool) =>
    (pool.clients ?? [])
      .filter(({ clientId }) => pool.listing.clients.get(clientId)?.baseline === undefined)
      .map((client) => ({
        severity: 'error',
        subject: appClientSubject(pool, client),
        what: `App client ${client.clientId} has no baseline in the claims table.`,
        why:
          pool.listing.settings?.unknownClients === 'issue-without-claims'
            ? 'Its tokens carry no claims.'
            : 'The trigger refuses every token for it.',
        how: `Declare the client in the environment file, then ${view.deployCommand}; or delete it if nobody uses it.`,
      })),
  );

/** Every record belongs to an app client. */
export const checkOrphans: Check = (view) =>
  listedPools(view).flatMap((pool) => {
    if (pool.clients === undefined) return [];
    const known = new Set(pool.clients.map(({ clientId }) => clientId));
    return [...pool.listing.clients.values()]
      .filter(({ clientId }) => !known.has(clientId))
      .map((client) => ({
        severity: 'warning',
        subject: client.baseline === undefined ? poolSubject(pool) : recordSubject(pool, client),
        what: `The claims table holds records of ${client.clientId}, but the pool has no such app client.`,
        why: 'Nothing uses them, and they describe what a deleted client was allowed to do.',
        how: `${view.commandLine(`plan ${pool.declared.name}`)} names them; delete them from the table if the client is gone permanently.`,
      }));
  });

/** Every item of the table is a record. */
export const checkItems: Check = (view) =>
  listedPools(view).flatMap((pool) =>
    pool.listing.invalidItems.map(({ sortKey, faults }) => ({
      severity: 'error',
      subject: poolSubject(pool),
      what: `Item "${sortKey}" is not a valid record: ${faults.map(formatFault).join('; ')}.`,
      why: 'The trigger refuses a client if it cannot read the newest item.',
      how: `For a baseline: ${view.deployCommand}. For an override: delete the item, so that the previous revision applies.`,
    })),
  );

/** No override ends unnoticed. */
export const checkExpiries: Check = (view, { now, expiryDays }) =>
  listedPools(view).flatMap((pool) =>
    [...pool.listing.clients.values()].flatMap((client) =>
      Object.entries(client.override?.claims ?? {}).flatMap(([name, { expiresAt }]): Problem[] => {
        if (expiresAt === undefined || expiresAt <= now) return [];
        if (expiresAt > now + expiryDays * DAY_SECONDS) return [];
        return [
          {
            severity: 'warning',
            subject: recordSubject(pool, client),
            what: `The override of "${name}" expires at ${toIsoTime(expiresAt)}.`,
            why: 'From then on, the value of the layer below applies.',
            how: 'm2m set it again with a later end, or move it to the environment file if it should stay.',
          },
        ];
      }),
    ),
  );

function toIsoTime(epochSeconds: number): string {
  return new Date(epochSeconds * 1000).toISOString().replace('.000Z', 'Z');
}
