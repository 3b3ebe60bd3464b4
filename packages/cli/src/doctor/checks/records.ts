import { formatFault } from '@cognito-m2m/claim-schema';
import { toIsoTime } from '../../tokens/time.ts';
import type { Check } from '../deployment-view.ts';
import { clientSubject, listedPools } from './listed-pools.ts';
import { subjectOf } from './user-pool.ts';

const DAY_SECONDS = 86_400;

/** Every app client has a baseline. */
export const checkClientClaims: Check = (view) =>
  listedPools(view).flatMap(({ declared, listing, clients = [] }) =>
    clients
      .filter(({ clientId }) => listing.clients.get(clientId)?.baseline === undefined)
      .map(({ name, clientId }) => ({
        check: 'client-claims',
        severity: 'error',
        subject: `client ${declared.name}/${name}`,
        what: `App client ${clientId} has no baseline in the claims table.`,
        why:
          listing.settings?.unknownClients === 'issue-without-claims'
            ? 'Its tokens carry no claims.'
            : 'The trigger refuses it every token.',
        how: `Declare the client in the environment file, then ${view.deployCommand}; or delete it if nobody knows it.`,
      })),
  );

/** Every record belongs to an app client. */
export const checkOrphans: Check = (view) =>
  listedPools(view).flatMap((pool) => {
    if (pool.clients === undefined) return [];
    const known = new Set(pool.clients.map(({ clientId }) => clientId));
    return [...pool.listing.clients.values()]
      .filter(({ clientId }) => !known.has(clientId))
      .map(({ clientId, baseline }) => ({
        check: 'orphan-records',
        severity: 'warning',
        subject: baseline ? `client ${pool.declared.name}/${baseline.clientName}` : subjectOf(pool),
        what: `The claims table holds records of ${clientId}, which is no app client of the pool.`,
        why: 'They are dead weight, and they say what a client could do that is gone.',
        how: `${view.commandLine(`plan ${pool.declared.name}`)} names them; delete them from the table if the client is gone for good.`,
      }));
  });

/** Every item of the table is a record. */
export const checkItems: Check = (view) =>
  listedPools(view).flatMap((pool) =>
    pool.listing.invalidItems.map(({ sortKey, faults }) => ({
      check: 'records-valid',
      severity: 'error',
      subject: subjectOf(pool),
      what: `Item "${sortKey}" is no record: ${faults.map(formatFault).join('; ')}.`,
      why: 'The trigger refuses the client whose newest item it can not read.',
      how: `A baseline: ${view.deployCommand}. An override: delete the item, so that the revision before it shows.`,
    })),
  );

/** No override ends unnoticed. */
export const checkExpiries: Check = (view, { now, expiryDays }) =>
  listedPools(view).flatMap((pool) =>
    [...pool.listing.clients.values()].flatMap((client) => {
      const soon = Object.entries(client.override?.claims ?? {}).filter(
        ([, { expiresAt = Number.POSITIVE_INFINITY }]) =>
          expiresAt > now && expiresAt <= now + expiryDays * DAY_SECONDS,
      );
      return soon.map(([name, { expiresAt = 0 }]) => ({
        check: 'claims-expiring' as const,
        severity: 'warning' as const,
        subject: clientSubject(pool, client),
        what: `The override of "${name}" expires at ${toIsoTime(expiresAt)}.`,
        why: 'From that second on the layer below shows again.',
        how: 'm2m set it again with a later end, or put it into the environment file, if it should stay.',
      }));
    }),
  );
