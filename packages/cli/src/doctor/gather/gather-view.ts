import type { Pool } from '@cognito-m2m/environment';
import { TRIGGER_ALIAS, triggerName } from '@cognito-m2m/infra/names';
import type { CommandContext } from '../../command.ts';
import { declaredPools } from '../../find-pools.ts';
import type { AwsClients } from '../../target/aws-clients.ts';
import { awsClientsOf } from '../../target/aws-target.ts';
import type { DeployedPool } from '../../target/target.ts';
import type { DeploymentView, PoolView } from '../deployment-view.ts';
import { describeClients } from './describe-clients.ts';
import { describeFunction } from './describe-function.ts';
import { describePool } from './describe-pool.ts';
import { describeTable } from './describe-table.ts';

interface FoundDeployment {
  readonly declared: Pool;
  readonly deployed: DeployedPool;
}

/**
 * Reads everything that the checks look at.
 *
 * @param poolName - One pool. @default all of the environment
 * @throws {CliError} `ERR_POOL_UNKNOWN`.
 */
export async function gatherView(
  context: CommandContext,
  poolName: string | undefined,
): Promise<DeploymentView> {
  const { environment, target } = context;
  const found: FoundDeployment[] = [];
  const missingPools: string[] = [];
  for (const declared of declaredPools(context, poolName)) {
    const deployed = await target.findPool(declared.name);
    if (deployed === undefined) missingPools.push(declared.name);
    else found.push({ declared, deployed });
  }
  const clients = awsClientsOf(target);
  if (clients === undefined) {
    const pools = await readListings(context, found);
    return { environment, pools, missingPools, notChecked: [LOCAL_REASON] };
  }
  const { pools, notChecked } = await describePools(context, clients, found);
  const tableNames = [...new Set(found.map(({ deployed }) => deployed.tableName))];
  const names = { functionName: triggerName(environment.name), alias: TRIGGER_ALIAS };
  return {
    environment,
    pools,
    missingPools,
    trigger: await describeFunction(clients.lambda, names),
    tables: await Promise.all(tableNames.map((name) => describeTable(clients.dynamoDb, name))),
    notChecked,
  };
}

const LOCAL_REASON =
  'user pool, app clients, trigger function and table settings: a local Cognito has none';

async function readListings(
  context: CommandContext,
  found: readonly FoundDeployment[],
): Promise<PoolView[]> {
  return Promise.all(
    found.map(async ({ declared, deployed }) => {
      const { userPoolId } = deployed;
      const listing = await context.target.openClaims(deployed).lister.listPool(userPoolId);
      return { declared, userPoolId, listing };
    }),
  );
}

async function describePools(
  context: CommandContext,
  { cognito }: AwsClients,
  found: readonly FoundDeployment[],
) {
  const pools: PoolView[] = [];
  const notChecked: string[] = [];
  for (const listed of await readListings(context, found)) {
    const { declared, userPoolId } = listed;
    const pool = await describePool(cognito, userPoolId);
    const progress = context.output.startProgress(`Reading the clients of ${declared.name}`);
    const { clients, hasSecretAges } = await describeClients(
      cognito,
      userPoolId,
      progress.update,
    ).finally(progress.end);
    if (!hasSecretAges) {
      notChecked.push(`secret age in ${declared.name}: this API does not list client secrets`);
    }
    pools.push({ ...listed, pool, clients });
  }
  return { pools, notChecked };
}
