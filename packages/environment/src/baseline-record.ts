import type { BaselineRecord, SettingsRecord } from '@cognito-m2m/claim-schema';
import { listDeclaredScopes } from './declared-scopes.ts';
import type { Client, Pool } from './normalised-environment.ts';

/**
 * Makes the baseline that the deploy writes for one client.
 *
 * The one place where an environment file becomes a record: Terraform, the local server and `m2m plan` all call it.
 *
 * @param ids - The ids that AWS gave, or Terraform's references to them.
 */
export function toBaselineRecord(
  pool: Pool,
  client: Client,
  ids: { readonly userPoolId: string; readonly clientId: string },
): BaselineRecord {
  return {
    kind: 'baseline',
    userPoolId: ids.userPoolId,
    clientId: ids.clientId,
    poolName: pool.name,
    clientName: client.name,
    owner: client.owner,
    defaults: pool.defaultClaims,
    claims: client.claims,
    claimsByScope: client.claimsByScope,
    claimsFromMetadata: client.claimsFromMetadata,
    claimsFromToken: client.claimsFromToken,
    suppressClaims: client.suppressClaims,
    addScopes: client.addScopes,
    suppressScopes: client.suppressScopes,
  };
}

/** Makes the settings record of one pool. */
export function toSettingsRecord(pool: Pool, userPoolId: string): SettingsRecord {
  return {
    kind: 'settings',
    userPoolId,
    poolName: pool.name,
    unknownClients: pool.unknownClients,
    declaredScopes: listDeclaredScopes(pool),
  };
}
