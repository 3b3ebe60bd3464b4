import type { BaselineRecord } from '@cognito-m2m/claim-schema';
import type { ListedClient, PoolListing } from '@cognito-m2m/claims-store/lister';
import { type OptionalReads, readFeaturePlan, runsTrigger } from '@cognito-m2m/doctor';
import {
  type Client,
  isTheirs,
  type Pool,
  toBaselineRecord,
  toSettingsRecord,
} from '@cognito-m2m/environment';
import { awsClientsOf } from '../deployment/aws-target.ts';
import { readListing } from '../deployment/find-pools.ts';
import { type CompletePool, completePool, findUndeclared } from '../deployment/owners-clients.ts';
import { findRegistered } from '../deployment/registered-clients.ts';
import type { CommandContext } from '../frame/command.ts';
import type { DeployedPool } from '../frame/target.ts';
import { compareNames } from '../frame/text.ts';
import { toEpochSeconds } from '../frame/time.ts';
import { diffLists } from '../prediction/token-diff.ts';
import { type ClientSides, planClient, type RuleSides } from './plan-client.ts';
import type { PlannedClient, PlannedPool, PoolProblem } from './plan-json.ts';

/** Stands for the ids that AWS gives at the deploy; no claim depends on them. */
const PLACEHOLDER_ID = 'not-deployed';

/** What a pool's plan is made from. */
interface PoolSides {
  readonly declared: Pool;
  /** Absent for a pool that is not deployed yet. */
  readonly deployed: { readonly userPoolId: string; readonly listing: PoolListing } | undefined;
  /** Epoch seconds. */
  readonly now: number;
  readonly rules: RuleSides;
}

/** Plans a pool: the environment file against what is deployed, as tokens. A value: nothing is written. */
export function planPool(sides: PoolSides): PlannedPool {
  const { declared, deployed } = sides;
  const byName = deployedByName(deployed?.listing);
  const settings = {
    deployed: deployed?.listing.settings,
    declared: toSettingsRecord(declared, deployed?.userPoolId ?? PLACEHOLDER_ID),
  };
  const kept = declared.clients.map((client) =>
    planDeclared(sides, settings, client, findDeployed(client, byName)),
  );
  const gone = [...byName.values()].filter((client) => !isDeclared(declared, client));
  const removed = gone.map((client) => planGone(sides, settings, client));
  const planned = [...kept, ...removed].filter((client) => client !== undefined);
  const policy = settings.deployed?.unknownClients ?? null;
  const { unknownClients } = declared;
  return {
    pool: declared.name,
    isDeployed: deployed !== undefined,
    isExisting: declared.existing !== undefined,
    missingClients: [],
    problems: [],
    shutOut: [],
    registered: [],
    clients: planned.sort((first, second) => compareNames(first.client, second.client)),
    unchangedCount: kept.filter((client) => client === undefined).length,
    overriddenCount: declared.clients.filter((client) => isOverridden(findDeployed(client, byName)))
      .length,
    disabledRemoved: gone.flatMap(findDisabled),
    undeclaredClaims: findUndeclaredClaims(declared, byName),
    unknownClients:
      policy === unknownClients ? undefined : { before: policy, after: unknownClients },
    declaredScopes: diffLists(
      settings.deployed?.declaredScopes ?? [],
      settings.declared.declaredScopes,
    ),
    strayOverrides: findStrayOverrides(deployed?.listing),
    invalidItems: deployed?.listing.invalidItems.map(({ sortKey }) => sortKey) ?? [],
  };
}

type DeployedClient = ListedClient & { readonly baseline: BaselineRecord };

function deployedByName(listing: PoolListing | undefined): Map<string, DeployedClient> {
  const byName = new Map<string, DeployedClient>();
  for (const client of listing?.clients.values() ?? []) {
    const { baseline } = client;
    if (baseline !== undefined) byName.set(baseline.clientName, { ...client, baseline });
  }
  return byName;
}

function findStrayOverrides(listing: PoolListing | undefined): PlannedPool['strayOverrides'] {
  return [...(listing?.clients.values() ?? [])].flatMap(({ clientId, baseline, override }) =>
    baseline === undefined && override !== undefined
      ? [{ clientId, revision: override.revision, disabled: override.disabled }]
      : [],
  );
}

function isOverridden(client: DeployedClient | undefined): boolean {
  const { claims = {}, disabled = false } = client?.override ?? {};
  return disabled || Object.keys(claims).length > 0;
}

function findDisabled({ clientId, baseline, override }: DeployedClient) {
  if (override?.disabled !== true) return [];
  return [{ client: baseline.clientName, clientId, revision: override.revision }];
}

function planDeclared(
  { declared, deployed, now, rules }: PoolSides,
  settings: ClientSides['settings'],
  client: Client,
  known: DeployedClient | undefined,
): PlannedClient | undefined {
  const ids = {
    userPoolId: deployed?.userPoolId ?? PLACEHOLDER_ID,
    clientId: known?.clientId ?? PLACEHOLDER_ID,
  };
  const record = toBaselineRecord(declared, client, ids);
  const sides = {
    deployed: known && withDeclaredAddress(known.baseline, record),
    declared: record,
    settings,
    override: known?.override,
    scopes: client.scopes,
  };
  const planned = planClient(sides, now, rules);
  return planned && { ...planned, isExisting: isTheirs(client) };
}

/** An issuer at an `http:` address is local Cognito itself, which serves it wherever it listens: no deploy changes that. */
function withDeclaredAddress(deployed: BaselineRecord, declared: BaselineRecord): BaselineRecord {
  const { claimsFromToken: before } = deployed;
  const { claimsFromToken: after } = declared;
  if (before === undefined || after?.issuer.issuer.startsWith('http:') !== true) return deployed;
  const { clientIds, audience } = before.issuer;
  const issuer = { ...after.issuer, clientIds, audience };
  return { ...deployed, claimsFromToken: { ...before, issuer } };
}

function planGone(
  { now, rules }: PoolSides,
  settings: ClientSides['settings'],
  { baseline, override }: DeployedClient,
): PlannedClient | undefined {
  // The file no longer says what it may ask for; the record names the scopes that matter.
  const scopes = Object.keys(baseline.claimsByScope);
  return planClient(
    { deployed: baseline, declared: undefined, settings, override, scopes },
    now,
    rules,
  );
}

/** What is deployed of a declared client: one of another owner with another ID is another client. */
function findDeployed(
  { name, clientId }: Client,
  byName: ReadonlyMap<string, DeployedClient>,
): DeployedClient | undefined {
  const known = byName.get(name);
  return clientId === undefined || clientId === known?.clientId ? known : undefined;
}

function isDeclared({ clients }: Pool, deployed: DeployedClient): boolean {
  const byName = new Map([[deployed.baseline.clientName, deployed]]);
  return clients.some((client) => findDeployed(client, byName) !== undefined);
}

function findUndeclaredClaims(
  { defaultClaims, clients }: Pool,
  byName: ReadonlyMap<string, DeployedClient>,
): string[] {
  const declared = new Set([...Object.keys(defaultClaims), ...clients.flatMap(claimNamesOf)]);
  const deployed = [...byName.values()].flatMap(({ baseline }) => [
    ...Object.keys(baseline.defaults),
    ...claimNamesOf(baseline),
  ]);
  return [...new Set(deployed)].filter((name) => !declared.has(name)).sort();
}

function claimNamesOf({
  claims,
  claimsByScope,
  claimsFromMetadata,
}: Pick<Client, 'claims' | 'claimsByScope' | 'claimsFromMetadata'>): string[] {
  return [
    ...Object.keys(claims),
    ...Object.values(claimsByScope).flatMap((scoped) => Object.keys(scoped)),
    ...Object.keys(claimsFromMetadata),
  ];
}

/** Reads what is deployed of one pool, and plans it. */
export async function planOne(
  context: CommandContext,
  declared: Pool,
  rules: RuleSides,
  reads: OptionalReads,
): Promise<PlannedPool> {
  const { target, clock } = context;
  const now = toEpochSeconds(clock());
  const complete = await completePool(context, declared);
  const deployedPool = await target.findPool(declared.name);
  const former = isFormer(declared, deployedPool) ? deployedPool?.userPoolId : undefined;
  const found = former === undefined ? deployedPool : undefined;
  const listing = found && (await readListing(context, found));
  const deployed = found && listing && { userPoolId: found.userPoolId, listing };
  return {
    ...planPool({ declared: complete.pool, deployed, now, rules }),
    missingClients: complete.missing.map(({ name, clientId = '' }) => ({ client: name, clientId })),
    problems: await findProblems(context, complete, former, reads),
    registered: found ? await findStrangers(context, found.userPoolId, listing, reads) : [],
    shutOut: await findShutOut(context, declared, listing?.clients.keys() ?? []),
  };
}

/** True if the file names another user pool than the one that is deployed. */
function isFormer({ existing }: Pool, deployed: DeployedPool | undefined): boolean {
  return (
    existing !== undefined && deployed !== undefined && deployed.userPoolId !== existing.userPoolId
  );
}

/** The clients that registered themselves and have no record. */
async function findStrangers(
  context: CommandContext,
  userPoolId: string,
  listing: PoolListing | undefined,
  reads: OptionalReads,
): Promise<PlannedPool['registered']> {
  const registered = await findRegistered(context, userPoolId, reads);
  return registered
    .filter(({ clientId }) => listing?.clients.has(clientId) !== true)
    .map(({ clientId, name }) => ({ client: name, clientId }));
}

/** The clients of an existing pool that get no token once the trigger denies those that it does not know. */
async function findShutOut(
  context: CommandContext,
  declared: Pool,
  deployedIds: Iterable<string>,
): Promise<PlannedPool['shutOut']> {
  if (declared.existing === undefined || declared.unknownClients !== 'deny') return [];
  // A local Cognito serves only what the file declares.
  if (context.target.kind === 'local') return [];
  return findUndeclared(context, declared, deployedIds);
}

/** What the owner of an existing pool would have to change, or whoever wrote its ID. */
async function findProblems(
  context: CommandContext,
  { pool, notForMachines }: CompletePool,
  former: string | undefined,
  reads: OptionalReads,
): Promise<PoolProblem[]> {
  if (pool.existing === undefined) return [];
  const { userPoolId } = pool.existing;
  const clients = notForMachines.map(({ name, clientId }) => ({
    subject: name,
    what: `App client ${clientId} may not use client_credentials, so it gets no token for machines.`,
    how: "Ask the client's owner for the flow, or remove the client from the file.",
  }));
  const moved = former === undefined ? [] : [movedProblem(context, pool.name, former)];
  return [...moved, ...(await findPlanProblem(context, userPoolId, reads)), ...clients];
}

function movedProblem({ commandLine }: CommandContext, name: string, former: string): PoolProblem {
  return {
    subject: name,
    what: `User pool ${former} is deployed under this name; the file names another one.`,
    how: `If ${former} calls the trigger: ${commandLine(`detach ${name}`)} before the deploy.`,
  };
}

/** A local Cognito has no plan, and gives the pool the ID that the file names. */
async function findPlanProblem(
  { target }: CommandContext,
  userPoolId: string,
  reads: OptionalReads,
): Promise<PoolProblem[]> {
  const clients = awsClientsOf(target);
  if (clients === undefined) return [];
  const plan = await reads.look(
    `plan of user pool ${userPoolId}`,
    readFeaturePlan(clients.cognito, userPoolId),
  );
  if (plan === undefined || (plan.found !== undefined && runsTrigger(plan.found))) return [];
  const subject = userPoolId;
  if (plan.found === undefined) {
    const how = 'Correct existing.userPoolId in the environment file.';
    return [{ subject, what: 'There is no such user pool.', how }];
  }
  return [
    {
      subject,
      what: `The feature plan is ${plan.found}, on which Amazon Cognito never calls the trigger for these tokens.`,
      how: "Ask the pool's owner for ESSENTIALS or PLUS.",
    },
  ];
}
