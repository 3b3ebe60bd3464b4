import { DescribeUserPoolCommand } from '@aws-sdk/client-cognito-identity-provider';
import { paginateGetParametersByPath } from '@aws-sdk/client-ssm';
import type { Environment, Pool } from '@cognito-m2m/environment';
import { inBatches } from '../in-batches.ts';
import type { UserPool } from '../pools/user-pool.ts';
import { type AwsEndpoint, readIfThere } from './aws-endpoint.ts';
import { type DeployedClient, readDeployedClient } from './deployed-client.ts';

/** What an API holds of one declared pool. */
interface DeployedPool {
  /** Missing if the API has no such pool. */
  readonly pool?: UserPool;
  readonly clients: readonly DeployedClient[];
  /** The claims table's name, as the deploy left it. */
  readonly tableName?: string;
  /** What is not there, one sentence each. */
  readonly faults: readonly string[];
}

/** Finds a pool and its clients by the SSM parameters that the deploy writes: names of pools are not unique, ids are. */
export async function readDeployedPool(
  endpoint: AwsEndpoint,
  { name: environmentName, region }: Environment,
  declared: Pool,
): Promise<DeployedPool> {
  const path = `/m2m/${environmentName}/${declared.name}`;
  const values = await readParameters(endpoint, path);
  const tableName = values.get(`${path}/table-name`);
  const faults = tableName === undefined ? [`no parameter ${path}/table-name`] : [];
  const table = tableName === undefined ? {} : { tableName };
  const userPoolId = values.get(`${path}/user-pool-id`);
  if (userPoolId === undefined) {
    return { ...table, clients: [], faults: [...faults, `no parameter ${path}/user-pool-id`] };
  }
  const createdAt = await readCreation(endpoint, userPoolId);
  if (createdAt === undefined) {
    const fault = `no pool ${userPoolId}, which ${path}/user-pool-id names`;
    return { ...table, clients: [], faults: [...faults, fault] };
  }
  const readClient = async (name: string) => {
    const parameter = `${path}/clients/${name}`;
    const clientId = values.get(parameter);
    if (clientId === undefined) return { fault: `no parameter ${parameter}` };
    return readDeployedClient(endpoint, { name, parameter, userPoolId, clientId });
  };
  const names = declared.clients.map(({ name }) => name);
  const found = await inBatches(names, readClient);
  const clients = found.flatMap((one) => ('client' in one ? one : []));
  faults.push(...found.flatMap((one) => ('fault' in one ? one.fault : [])));
  const appClients = clients.map(({ client }) => client);
  const pool = { name: declared.name, userPoolId, region, createdAt, clients: appClients };
  return { ...table, pool, clients, faults };
}

async function readParameters(endpoint: AwsEndpoint, path: string): Promise<Map<string, string>> {
  const pages = paginateGetParametersByPath(
    { client: endpoint.ssm },
    { Path: path, Recursive: true },
  );
  const values = new Map<string, string>();
  const readAll = async () => {
    for await (const { Parameters = [] } of pages) {
      for (const { Name = '', Value = '' } of Parameters) values.set(Name, Value);
    }
  };
  await readIfThere(endpoint, `list the parameters under ${path}`, readAll());
  return values;
}

/** When a pool was made, in epoch seconds. */
async function readCreation(endpoint: AwsEndpoint, id: string): Promise<number | undefined> {
  const describe = new DescribeUserPoolCommand({ UserPoolId: id });
  const answer = await readIfThere(
    endpoint,
    `describe the pool ${id}`,
    endpoint.cognito.send(describe),
  );
  return answer && toSeconds(answer.UserPool?.CreationDate);
}

function toSeconds(date: Date | undefined): number {
  return Math.floor((date?.getTime() ?? 0) / 1000);
}
