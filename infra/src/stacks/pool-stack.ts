import { DataAwsCallerIdentity } from '@cdktf/provider-aws/lib/data-aws-caller-identity/index.js';
import { DataAwsPartition } from '@cdktf/provider-aws/lib/data-aws-partition/index.js';
import { DynamodbTableItem } from '@cdktf/provider-aws/lib/dynamodb-table-item/index.js';
import { CLAIMS_TABLE_KEYS } from '@cognito-m2m/claims-store/table';
import { type Environment, type Pool, toSettingsRecord } from '@cognito-m2m/environment';
import {
  keyAliasName,
  poolStackName,
  TRIGGER_ALIAS,
  tableName,
  triggerName,
} from '@cognito-m2m/environment/names';
import type { Construct } from 'constructs';
import { M2mClients } from '../constructs/m2m-clients.ts';
import { addWatchPermissions } from '../constructs/pool-watch.ts';
import { addPoolParameters, addResourceServers, UserPool } from '../constructs/user-pool.ts';
import { toItemJson } from '../terraform-text.ts';
import { EnvironmentStack } from './environment-stack.ts';

/** What the stack is made from. */
export interface PoolStackProps {
  readonly environment: Environment;
  readonly pool: Pool;
  /** Clients that Terraform imports. */
  readonly importedClients: readonly string[];
}

/** `<env>-pool-<name>`: one user pool with its clients and their baselines. Deploys without touching another pool. */
export class PoolStack extends EnvironmentStack {
  constructor(scope: Construct, props: PoolStackProps) {
    const { environment, pool, importedClients } = props;
    super(scope, poolStackName(environment.name, pool.name), {
      environment,
      tags: { pool: pool.name, owner: pool.owner },
    });

    const { accountId } = new DataAwsCallerIdentity(this, 'caller');
    const { partition } = new DataAwsPartition(this, 'partition');
    const arnOf = (service: string, resource: string) =>
      `arn:${partition}:${service}:${environment.region}:${accountId}:${resource}`;

    const { userPool } = new UserPool(this, 'pool', {
      environment,
      pool,
      accountId,
      triggerArn: arnOf('lambda', `function:${triggerName(environment.name)}:${TRIGGER_ALIAS}`),
    });
    const servers = addResourceServers(this, pool, userPool.id);
    new DynamodbTableItem(this, 'settings', {
      tableName: tableName(environment.name),
      hashKey: CLAIMS_TABLE_KEYS.partitionKey,
      rangeKey: CLAIMS_TABLE_KEYS.sortKey,
      item: toItemJson(toSettingsRecord(pool, userPool.id)),
    });
    addPoolParameters(this, { environment, pool }, userPool);
    addWatchPermissions(this, { environment, pool, userPoolArn: userPool.arn, arnOf });
    new M2mClients(this, 'clients', {
      environment,
      pool,
      userPoolId: userPool.id,
      importedClients,
      secretKeyArn: arnOf('kms', keyAliasName(environment.name)),
      dependsOn: servers,
    });
  }
}
