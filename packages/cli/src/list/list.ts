import {
  largestRequest,
  type OverrideRecord,
  type UnknownClientPolicy,
} from '@cognito-m2m/claim-schema';
import type { ListedClient, PoolListing } from '@cognito-m2m/claims-store/lister';
import type { RegisteredClient } from '@cognito-m2m/doctor';
import { type Client, isTheirs } from '@cognito-m2m/environment';
import { type FoundPool, findPools, readListing } from '../deployment/find-pools.ts';
import { completePool } from '../deployment/owners-clients.ts';
import { findRegistered } from '../deployment/registered-clients.ts';
import type { Command, CommandContext } from '../frame/command.ts';
import { type Column, renderTable } from '../frame/table.ts';
import type { Style } from '../frame/terminal.ts';
import { compareNames, count, plainText } from '../frame/text.ts';
import { toEpochSeconds, toIsoTime } from '../frame/time.ts';
import { claimRulesOf, predictToken } from '../prediction/client-records.ts';

/** Input of `m2m list`. */
interface ListInput {
  /** @default all pools */
  readonly poolName: string | undefined;
  /** @default any owner */
  readonly owner?: string | undefined;
  /** True for clients with an override in force only. @default false */
  readonly isOverridden?: boolean;
  /** True for clients that would get no token only. @default false */
  readonly isDenied?: boolean;
}

/** `m2m list`: the clients of a pool, or of all pools of an environment. */
export const list: Command<CommandContext, ListInput> = async (context, input) => {
  const pools: ListedPoolJson[] = [];
  for (const pool of await findPools(context, input.poolName)) {
    pools.push(await listPool(context, pool, input));
  }
  const { environment, target } = context;
  const json: ListJson = {
    environment: environment.name,
    target: target.label,
    sizeBudgetBytes: environment.trigger.sizeBudgetBytes,
    pools,
  };
  return { json, text: (style) => renderList(json, style) };
};

async function listPool(
  context: CommandContext,
  pool: FoundPool,
  input: ListInput,
): Promise<ListedPoolJson> {
  const { deployed } = pool;
  const listing = await readListing(context, deployed);
  const { pool: declared } = await completePool(context, pool.declared);
  const registered = await findRegistered(context, deployed.userPoolId);
  return {
    pool: declared.name,
    userPoolId: deployed.userPoolId,
    isExisting: declared.existing !== undefined,
    unknownClients: listing.settings?.unknownClients ?? 'deny',
    clients: describeClients(context, { declared, deployed }, { listing, registered }, input),
    invalidItems: listing.invalidItems.map(({ sortKey }) => sortKey),
  };
}

function describeClients(
  context: CommandContext,
  { declared }: FoundPool,
  { listing, registered }: { listing: PoolListing; registered: readonly RegisteredClient[] },
  { owner, isOverridden = false, isDenied = false }: ListInput,
): ListedClientJson[] {
  const now = toEpochSeconds(context.clock());
  const declaredByName = new Map(declared.clients.map((client) => [client.name, client]));
  const registeredNames = new Map(registered.map(({ clientId, name }) => [clientId, name]));
  const strangers = registered
    .filter(({ clientId }) => !listing.clients.has(clientId))
    .map(({ clientId }): ListedClient => ({ clientId }));
  return [...listing.clients.values(), ...strangers]
    .filter(({ override }) => !isOverridden || isInForce(override, now))
    .map((client) => {
      const name = client.baseline?.clientName ?? '';
      const registeredName = registeredNames.get(client.clientId);
      return describeClient(context, client, listing, declaredByName.get(name), registeredName);
    })
    .filter((client) => owner === undefined || client.owner === owner)
    .filter(({ token }) => !isDenied || token !== 'issued')
    .sort((first, second) => compareNames(first.client, second.client));
}

function isInForce(override: OverrideRecord | undefined, now: number): boolean {
  const { claims = {}, disabled = false } = override ?? {};
  const lasts = ({ expiresAt = Number.POSITIVE_INFINITY }) => expiresAt > now;
  return disabled || Object.values(claims).some(lasts);
}

function describeClient(
  { environment, clock }: CommandContext,
  { clientId, baseline, override }: ListedClient,
  { settings }: PoolListing,
  declared: Client | undefined,
  registeredName: string | undefined,
): ListedClientJson {
  const now = toEpochSeconds(clock());
  const layers = { baseline, override, settings };
  const request = largestRequest({ clientId, scopes: declared?.scopes ?? [], baseline });
  const resolution = predictToken(layers, request, now, claimRulesOf(environment));
  const isIssued = resolution.outcome === 'issue';
  return {
    client: baseline?.clientName ?? registeredName ?? `(no baseline) ${clientId}`,
    kind: kindOf(declared, registeredName),
    clientId,
    owner: baseline?.owner ?? '',
    scopes: declared?.scopes ?? null,
    token: isIssued ? 'issued' : resolution.code,
    claimCount: isIssued ? Object.keys(resolution.claims).length : 0,
    sizeBytes: isIssued ? resolution.sizeBytes : 0,
    onBehalfOf: baseline?.claimsFromToken?.issuer.name ?? null,
    overrideRevision: override?.revision ?? 0,
    nextExpiryAt: nextExpiry(override, now),
  };
}

function kindOf(
  declared: Client | undefined,
  registeredName: string | undefined,
): ListedClientJson['kind'] {
  if (registeredName !== undefined) return 'registered';
  return declared !== undefined && isTheirs(declared) ? 'existing' : 'ours';
}

function nextExpiry(override: OverrideRecord | undefined, now: number): string | null {
  const expiries = Object.values(override?.claims ?? {}).flatMap(({ expiresAt }) =>
    expiresAt !== undefined && expiresAt > now ? [expiresAt] : [],
  );
  return expiries.length === 0 ? null : toIsoTime(Math.min(...expiries));
}

/** One client, as `m2m list --json` shows it. */
interface ListedClientJson {
  readonly client: string;
  readonly clientId: string;
  readonly owner: string;
  /** `ours`: the deploy created it. `existing`: its owner did. `registered`: it registered itself. */
  readonly kind: 'ours' | 'existing' | 'registered';
  /** What it may ask for, by the file or, for an existing client, by the API; `null` if the file no longer names it. */
  readonly scopes: readonly string[] | null;
  /** `issued`, or the code of the denial. */
  readonly token: string;
  /** Of the largest token: all scopes, longest metadata. */
  readonly claimCount: number;
  readonly sizeBytes: number;
  /** The issuer of the users on whose behalf the client acts; `null` for none. */
  readonly onBehalfOf: string | null;
  /** The newest override revision; 0 without one. */
  readonly overrideRevision: number;
  /** When the next override claim expires; `null` for none. */
  readonly nextExpiryAt: string | null;
}

/** One pool, as `m2m list --json` shows it. */
interface ListedPoolJson {
  readonly pool: string;
  readonly userPoolId: string;
  /** True for a pool that another stack owns. */
  readonly isExisting: boolean;
  readonly unknownClients: UnknownClientPolicy;
  readonly clients: readonly ListedClientJson[];
  /** Items of the table that are not valid records, by sort key. */
  readonly invalidItems: readonly string[];
}

/** The answer of `m2m list --json`. */
interface ListJson {
  readonly environment: string;
  readonly target: string;
  readonly sizeBudgetBytes: number;
  readonly pools: readonly ListedPoolJson[];
}

const COLUMNS: readonly Column<ListedClientJson>[] = [
  {
    title: 'CLIENT',
    text: ({ client, kind }) => (kind === 'ours' ? client : `${client} (${kind})`),
  },
  { title: 'OWNER', dropOrder: 4, text: ({ owner }) => owner },
  {
    title: 'SCOPES',
    isWrapped: true,
    dropOrder: 3,
    text: ({ scopes }) => scopes?.join(' ') ?? '(not declared)',
  },
  { title: 'TOKEN', text: tokenText },
  {
    title: 'CLAIMS',
    align: 'right',
    dropOrder: 2,
    text: ({ claimCount }) => String(claimCount),
  },
  {
    title: 'BYTES',
    align: 'right',
    dropOrder: 1,
    text: ({ sizeBytes }) => String(sizeBytes),
  },
  {
    title: 'OVERRIDE',
    align: 'right',
    dropOrder: 5,
    text: ({ overrideRevision }) => (overrideRevision === 0 ? '-' : `r${overrideRevision}`),
  },
  { title: 'NEXT EXPIRY', text: ({ nextExpiryAt }) => nextExpiryAt ?? '-' },
];

/** Marks a client whose token names a user of an issuer. */
function tokenText({ token, onBehalfOf }: ListedClientJson): string {
  return onBehalfOf === null ? token : `${token} for users of ${onBehalfOf}`;
}

/** The clients as one table for each pool. */
function renderList({ pools }: ListJson, style: Style): string {
  return pools.map((pool) => renderPool(pool, style)).join('\n\n');
}

function renderPool(pool: ListedPoolJson, style: Style): string {
  const clients = count(pool.clients.length, 'client');
  const kind = pool.isExisting ? 'existing pool, ' : '';
  const title = `${style.colours.bold(pool.pool)}  ${pool.userPoolId}  ${kind}${clients}`;
  const rest = pool.invalidItems.map((sortKey) =>
    style.colours.red(`Not a valid record: ${plainText(sortKey)} (m2m doctor says why)`),
  );
  const table = pool.clients.length === 0 ? [] : [renderTable(pool.clients, COLUMNS, style)];
  return [title, ...table, ...rest].join('\n');
}
