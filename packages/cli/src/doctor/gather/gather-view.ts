import type { Pool } from '@cognito-m2m/environment';
import { TRIGGER_ALIAS, triggerName } from '@cognito-m2m/infra/names';
import type { CommandContext } from '../../command.ts';
import { deployCommand } from '../../deploy-command.ts';
import { declaredPools } from '../../find-pools.ts';
import type { AwsClients } from '../../target/aws-clients.ts';
import { awsClientsOf } from '../../target/aws-target.ts';
import { createOptionalReads, type OptionalReads } from '../../target/optional-reads.ts';
import type { DeployedPool } from '../../target/target.ts';
import type { DeploymentView, PoolView } from '../deployment-view.ts';
import { describeFunction } from './describe-function.ts';
import { describeTable } from './describe-table.ts';
import { gatherPool } from './gather-pool.ts';
import { orMissing } from './or-missing.ts';

const LOCAL_REASON =
  'user pool, app clients, trigger function and table settings: a local Cognito has none';

interface FoundDeployment {
  readonly declared: Pool;
  readonly deployed: DeployedPool;
}

/**
 * Reads everything that the checks look at; what is not there, or can't be read, does not end it.
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
  const reads = createOptionalReads();
  const clients = awsClientsOf(target);
  const pools: PoolView[] = [];
  for (const { declared, deployed } of found) {
    pools.push(await gatherPool(context, declared, deployed, reads));
  }
  const tableNames = [...new Set(found.map(({ deployed }) => deployed.tableName))];
  const shared =
    clients === undefined
      ? { tables: [], missingTables: [] }
      : await gatherShared(clients, environment.name, tableNames, reads);
  return {
    environment,
    commandLine: context.commandLine,
    deployCommand: deployCommand(target, environment.name),
    pools,
    missingPools,
    ...shared,
    notChecked: [...(clients === undefined ? [LOCAL_REASON] : []), ...reads.notRead],
    notAllowed: reads.notAllowed,
  };
}

/** What the pools of an environment share: the trigger and the table. */
async function gatherShared(
  { lambda, dynamoDb }: AwsClients,
  environmentName: string,
  tableNames: readonly string[],
  reads: OptionalReads,
): Promise<Pick<DeploymentView, 'trigger' | 'tables' | 'missingTables'>> {
  const names = { functionName: triggerName(environmentName), alias: TRIGGER_ALIAS };
  const trigger = await reads.read('trigger function', describeFunction(lambda, names));
  const described = await Promise.all(
    tableNames.map(async (name) => {
      const read = orMissing(describeTable(dynamoDb, name));
      return { name, table: await reads.read(`settings of table ${name}`, read) };
    }),
  );
  return {
    ...(trigger && { trigger }),
    tables: described.flatMap(({ table }) =>
      table === undefined || table === 'missing' ? [] : [table],
    ),
    missingTables: described.flatMap(({ name, table }) => (table === 'missing' ? [name] : [])),
  };
}
