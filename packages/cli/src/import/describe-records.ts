import { paginateDescribeParameters } from '@aws-sdk/client-ssm';
import type { PoolListing } from '@cognito-m2m/claims-store/lister';
import { clientParameterName, poolParameterNames } from '@cognito-m2m/environment/names';
import { readParameters } from '../deployment/aws-target.ts';
import { createClaimsAccess } from '../deployment/claims-access.ts';
import type { ImportClients } from './import-clients.ts';
import type { PoolDescription } from './pool-description.ts';

/** Which pool of which environment. */
interface PoolPlace {
  readonly environmentName: string;
  readonly poolName: string;
  readonly userPoolId: string;
}

/** What our own deploy left with a pool. */
type PoolRecords = Pick<PoolDescription, 'listing' | 'clientTexts' | 'text' | 'isDeployed'>;

/**
 * Reads what a deploy of this very environment left: parameters with descriptions, and the claims table that they name.
 *
 * @param tableName - Another claims table. @default that of the deploy, or none
 * @throws {StoreError} If a table is there and cannot be read.
 */
export async function describeRecords(
  clients: ImportClients,
  place: PoolPlace,
  tableName: string | undefined,
): Promise<PoolRecords> {
  const { environmentName, poolName, userPoolId } = place;
  const names = poolParameterNames(environmentName, poolName);
  const values = await readParameters(clients.ssm, [names.userPoolId, names.tableName]);
  const isDeployed = values.get(names.userPoolId) === userPoolId;
  const table = tableName ?? (isDeployed ? values.get(names.tableName) : undefined);
  const listing = table === undefined ? undefined : await readListing(clients, table, userPoolId);
  const texts = isDeployed ? await readTexts(clients, place) : new Map<string, string>();
  const prefix = clientParameterName(environmentName, poolName, '');
  return {
    isDeployed,
    listing,
    text: texts.get(names.userPoolId),
    clientTexts: new Map(
      [...texts]
        .filter(([name]) => name.startsWith(prefix))
        .map(([name, description]) => [name.slice(prefix.length), description]),
    ),
  };
}

function readListing(
  { dynamoDb }: ImportClients,
  tableName: string,
  userPoolId: string,
): Promise<PoolListing> {
  return createClaimsAccess(dynamoDb, tableName).lister.listPool(userPoolId);
}

/** The descriptions of all parameters of a pool, by the parameter's name. */
async function readTexts(
  { ssm }: ImportClients,
  { environmentName, poolName }: PoolPlace,
): Promise<Map<string, string>> {
  const path = clientParameterName(environmentName, poolName, '').replace(/\/clients\/$/, '');
  const pages = paginateDescribeParameters(
    { client: ssm },
    { ParameterFilters: [{ Key: 'Path', Option: 'Recursive', Values: [path] }] },
  );
  const texts = new Map<string, string>();
  for await (const { Parameters = [] } of pages) {
    for (const { Name = '', Description } of Parameters) {
      if (Description) texts.set(Name, Description);
    }
  }
  return texts;
}
