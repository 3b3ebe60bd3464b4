import type { ListedClient, PoolListing } from '@cognito-m2m/claims-store/lister';
import type { DeploymentView, PoolView } from '../deployment-view.ts';

/** A pool with what the claims table holds for it. */
export interface ListedPool extends PoolView {
  readonly listing: PoolListing;
}

/** The pools whose records could be read. */
export function listedPools({ pools }: DeploymentView): ListedPool[] {
  return pools.filter((view): view is ListedPool => view.listing !== undefined);
}

/** How findings name a client of the claims table. */
export function clientSubject(
  { declared }: PoolView,
  { clientId, baseline }: ListedClient,
): string {
  return `client ${declared.name}/${baseline?.clientName ?? clientId}`;
}
