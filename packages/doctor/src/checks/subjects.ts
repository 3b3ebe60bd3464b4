import { clientKeyPrefix } from '@cognito-m2m/claim-schema/records';
import type { ListedClient, PoolListing } from '@cognito-m2m/claims-store/lister';
import type {
  AppClientView,
  DeploymentView,
  FunctionView,
  PoolView,
  UserPoolView,
} from '../deployment-view.ts';

/** A pool with what the claims table holds for it. */
export interface ListedPool extends Omit<PoolView, 'listing'> {
  readonly listing: PoolListing;
}

/** A pool with what Amazon Cognito says about it. */
export interface DescribedPool extends Omit<PoolView, 'pool'> {
  readonly pool: UserPoolView;
}

/** The pools whose records could be read. */
export function listedPools({ pools }: DeploymentView): ListedPool[] {
  return pools.flatMap(({ listing, ...pool }) =>
    listing?.found === undefined ? [] : [{ ...pool, listing: listing.found }],
  );
}

/** The pools that could be described. */
export function describedPools({ pools }: DeploymentView): DescribedPool[] {
  return pools.flatMap(({ pool, ...view }) =>
    pool?.found === undefined ? [] : [{ ...view, pool: pool.found }],
  );
}

/** The trigger function, if it exists and could be described. */
export function triggersOf({ trigger }: DeploymentView): FunctionView[] {
  return trigger?.found === undefined ? [] : [trigger.found];
}

/** True if the table holds an item of the client that is not a record: what the others say about it may be outdated. */
export function hasInvalidItem({ invalidItems }: PoolListing, clientId: string): boolean {
  const prefix = clientKeyPrefix(clientId);
  return invalidItems.some(({ sortKey }) => sortKey.startsWith(prefix));
}

/** How findings name a pool. */
export function poolSubject({ declared }: Pick<PoolView, 'declared'>): string {
  return `pool ${declared.name}`;
}

/** How findings name an app client. */
export function appClientSubject(
  { declared }: Pick<PoolView, 'declared'>,
  { name }: AppClientView,
): string {
  return `client ${declared.name}/${name}`;
}

/** How findings name a client of the claims table. */
export function recordSubject(
  { declared }: Pick<PoolView, 'declared'>,
  { clientId, baseline }: ListedClient,
): string {
  return `client ${declared.name}/${baseline?.clientName ?? clientId}`;
}
