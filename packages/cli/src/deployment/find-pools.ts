import type { PoolListing } from '@cognito-m2m/claims-store/lister';
import { type Client, type Environment, isTheirs, type Pool } from '@cognito-m2m/environment';
import type { CommandContext } from '../frame/command.ts';
import { CliError, unknownName } from '../frame/errors.ts';
import type { DeployedPool, Target } from '../frame/target.ts';

/** A pool as the file declares it and as it is deployed. */
export interface FoundPool {
  readonly declared: Pool;
  readonly deployed: DeployedPool;
}

/** A client of a pool that is deployed. */
export interface FoundClient extends FoundPool {
  readonly clientName: string;
  readonly clientId: string;
  /** What the file says of it; `undefined` for a client that it no longer names. */
  readonly client: Client | undefined;
}

/** How the answer of a command names one client. */
export interface NamedClient {
  readonly pool: string;
  readonly client: string;
  readonly clientId: string;
  /** True for an app client that the owner of an existing pool has: only its claims are declared. */
  readonly isExisting: boolean;
}

/** Names a client as every answer does. */
export function nameClient({ deployed, clientName, clientId, client }: FoundClient): NamedClient {
  const isExisting = client !== undefined && isTheirs(client);
  return { pool: deployed.name, client: clientName, clientId, isExisting };
}

/** How people read the name of a client. */
export function clientText({
  client,
  isExisting,
}: Pick<NamedClient, 'client' | 'isExisting'>): string {
  return isExisting ? `${client} (existing)` : client;
}

/** How people read a client and its pool. */
export function placeText(named: Pick<NamedClient, 'pool' | 'client' | 'isExisting'>): string {
  return `${named.pool} / ${clientText(named)}`;
}

/** The file, and where it is deployed. */
interface Place {
  readonly environment: Environment;
  readonly target: Pick<Target, 'kind' | 'label' | 'findPool'>;
}

type ClientPlace = Pick<CommandContext, 'environment' | 'target'>;

/**
 * The pools a command works on.
 *
 * @param poolName - One of them. @default all of the environment
 * @throws {CliError} `ERR_POOL_UNKNOWN` for a name that the file does not have.
 */
export function declaredPools(
  { environment }: Pick<Place, 'environment'>,
  poolName: string | undefined,
): Pool[] {
  if (poolName === undefined) return [...environment.pools];
  const pool = environment.pools.find(({ name }) => name === poolName);
  if (pool !== undefined) return [pool];
  const known = environment.pools.map(({ name }) => name);
  const message = unknownName('pool', poolName, known, `of environment "${environment.name}"`);
  throw new CliError('ERR_POOL_UNKNOWN', message, { next: { m2m: 'list' } });
}

/**
 * Finds one deployed pool.
 *
 * @throws {CliError} `ERR_POOL_UNKNOWN`, `ERR_POOL_NOT_DEPLOYED`.
 */
async function requirePool(place: Place, poolName: string): Promise<FoundPool> {
  const [declared] = declaredPools(place, poolName);
  const deployed = await place.target.findPool(poolName);
  if (declared !== undefined && deployed !== undefined) return { declared, deployed };
  const { environment, target } = place;
  throw new CliError(
    'ERR_POOL_NOT_DEPLOYED',
    `Pool "${poolName}" of environment "${environment.name}" is not deployed on ${target.label}.`,
    { next: deployCommand(target, environment.name) },
  );
}

/** Finds every deployed pool of the environment, or the one that is named. */
export async function findPools(
  place: Place,
  poolName: string | undefined,
): Promise<readonly FoundPool[]> {
  const pools = declaredPools(place, poolName);
  return Promise.all(pools.map(({ name }) => requirePool(place, name)));
}

/**
 * Finds one deployed client.
 *
 * @throws {CliError} `ERR_POOL_UNKNOWN`, `ERR_POOL_NOT_DEPLOYED`, `ERR_CLIENT_NOT_FOUND`, or `ERR_PARAMETER_MISMATCH` if the
 *   parameters name another pool or client than the claims table does.
 */
export async function requireClient(
  place: ClientPlace,
  poolName: string,
  clientName: string,
): Promise<FoundClient> {
  const pool = await requirePool(place, poolName);
  const clientId = await place.target.findClientId(poolName, clientName);
  const client = pool.declared.clients.find(({ name }) => name === clientName);
  if (clientId !== undefined) {
    await checkIdentity(place, pool, clientName, clientId);
    return { ...pool, clientName, clientId, client };
  }
  if (client !== undefined) {
    const message = `Client "${clientName}" of pool "${poolName}" is declared, but not deployed.`;
    throw new CliError('ERR_CLIENT_NOT_FOUND', message, { next: { m2m: `plan ${poolName}` } });
  }
  const known = pool.declared.clients.map(({ name }) => name);
  const message = unknownName('client', clientName, known, `of pool "${poolName}"`);
  throw new CliError('ERR_CLIENT_NOT_FOUND', message, { next: { m2m: `list ${poolName}` } });
}

/** A parameter may name anything; the baseline and the settings are written by the deploy for exactly this id. */
async function checkIdentity(
  { environment, target }: ClientPlace,
  { deployed }: FoundPool,
  clientName: string,
  clientId: string,
): Promise<void> {
  const { reader } = target.openClaims(deployed);
  // A record that cannot be read says nothing here: the command that needs it reports it.
  const [layers, settings] = await Promise.all([
    reader.readLayers(deployed.userPoolId, clientId).catch(() => undefined),
    reader.readSettings(deployed.userPoolId).catch(() => undefined),
  ]);
  const named = layers?.baseline ?? { clientName, poolName: settings?.poolName ?? deployed.name };
  if (named.clientName === clientName && named.poolName === deployed.name) return;
  const message = `The parameters of client "${clientName}" of pool "${deployed.name}" name app client ${clientId} of user pool ${deployed.userPoolId}, which is client "${named.clientName}" of pool "${named.poolName}". Nothing was done.`;
  const next = `${deployCommand(target, environment.name)} writes the parameters again`;
  throw new CliError('ERR_PARAMETER_MISMATCH', message, { next });
}

/** The command that deploys an environment, ready to paste; starting a local Cognito deploys to it. */
export function deployCommand({ kind }: Pick<Target, 'kind'>, environmentName: string): string {
  return kind === 'local'
    ? `npx -y pnpm@12 start --env ${environmentName}`
    : `npx -y pnpm@12 cdktf deploy '${environmentName}-*'`;
}

/**
 * Reads everything that the claims table holds for a pool, with a progress line.
 *
 * @throws {CliError} `ERR_PARAMETER_MISMATCH` if the parameters name another pool than the claims table does.
 */
export async function readListing(
  { target, output, environment }: Pick<CommandContext, 'target' | 'output' | 'environment'>,
  deployed: DeployedPool,
): Promise<PoolListing> {
  const progress = output.startProgress(`Reading pool ${deployed.name}`);
  const listing = await target
    .openClaims(deployed)
    .lister.listPool(deployed.userPoolId, { onProgress: progress.update })
    .finally(progress.end);
  const { poolName = deployed.name } = listing.settings ?? {};
  if (poolName === deployed.name) return listing;
  const message = `The parameters of pool "${deployed.name}" name user pool ${deployed.userPoolId}, which is pool "${poolName}".`;
  const next = `${deployCommand(target, environment.name)} writes the parameters again`;
  throw new CliError('ERR_PARAMETER_MISMATCH', message, { next });
}
