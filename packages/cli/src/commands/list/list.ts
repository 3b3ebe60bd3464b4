import { type ClaimLayers, type OverrideRecord, resolveClaims } from '@cognito-m2m/claim-schema';
import type { ListedClient, PoolListing } from '@cognito-m2m/claims-store/lister';
import type { Client } from '@cognito-m2m/environment';
import type { Command, CommandContext } from '../../command.ts';
import { type FoundPool, findPools } from '../../find-pools.ts';
import { claimRulesOf } from '../../tokens/claim-rules.ts';
import { toEpochSeconds, toIsoTime } from '../../tokens/time.ts';
import { largestRequest } from '../../tokens/token-requests.ts';
import type { ListedClientJson, ListedPoolJson, ListJson } from './list-json.ts';
import { renderList } from './render-list.ts';

/** Input of `m2m list`. */
export interface ListInput {
  /** @default all pools */
  readonly poolName: string | undefined;
}

/** `m2m list`: the clients of a pool, or of all pools of an environment. */
export const list: Command<CommandContext, ListInput> = async (context, { poolName }) => {
  const pools: ListedPoolJson[] = [];
  for (const pool of await findPools(context, poolName)) pools.push(await listPool(context, pool));
  const { environment, target } = context;
  const json: ListJson = {
    environment: environment.name,
    target: target.label,
    sizeBudgetBytes: environment.trigger.sizeBudgetBytes,
    pools,
  };
  return { json, text: (style) => renderList(json, style) };
};

async function listPool(context: CommandContext, pool: FoundPool): Promise<ListedPoolJson> {
  const { declared, deployed } = pool;
  const progress = context.output.startProgress(`Reading pool ${declared.name}`);
  const listing = await context.target
    .openClaims(deployed)
    .lister.listPool(deployed.userPoolId, { onProgress: progress.update })
    .finally(progress.end);
  return {
    pool: declared.name,
    userPoolId: deployed.userPoolId,
    unknownClients: listing.settings?.unknownClients ?? 'deny',
    clients: describeClients(context, pool, listing),
    invalidItems: listing.invalidItems.map(({ sortKey }) => sortKey),
  };
}

function describeClients(
  context: CommandContext,
  { declared }: FoundPool,
  listing: PoolListing,
): ListedClientJson[] {
  const declaredByName = new Map(declared.clients.map((client) => [client.name, client]));
  return [...listing.clients.values()]
    .map((client) => {
      const name = client.baseline?.clientName ?? '';
      return describeClient(context, client, listing, declaredByName.get(name));
    })
    .sort((first, second) => first.client.localeCompare(second.client, 'en'));
}

function describeClient(
  { environment, clock }: CommandContext,
  { clientId, baseline, override }: ListedClient,
  { settings }: PoolListing,
  declared: Client | undefined,
): ListedClientJson {
  const now = toEpochSeconds(clock());
  const layers: ClaimLayers = {
    ...(baseline && { baseline }),
    ...(override && { override }),
    ...(settings && { settings }),
  };
  const request = largestRequest({ clientId, scopes: declared?.scopes ?? [], baseline });
  const resolution = resolveClaims(layers, request, now, claimRulesOf(environment));
  const isIssued = resolution.outcome === 'issue';
  return {
    client: baseline?.clientName ?? `(no baseline) ${clientId}`,
    clientId,
    owner: baseline?.owner ?? '',
    scopes: declared?.scopes ?? null,
    token: isIssued ? 'issued' : resolution.code,
    claimCount: isIssued ? Object.keys(resolution.claims).length : 0,
    sizeBytes: isIssued ? resolution.sizeBytes : 0,
    overrideRevision: override?.revision ?? 0,
    nextExpiryAt: nextExpiry(override, now),
  };
}

function nextExpiry(override: OverrideRecord | undefined, now: number): string | null {
  const expiries = Object.values(override?.claims ?? {}).flatMap(({ expiresAt }) =>
    expiresAt !== undefined && expiresAt > now ? [expiresAt] : [],
  );
  return expiries.length === 0 ? null : toIsoTime(Math.min(...expiries));
}
