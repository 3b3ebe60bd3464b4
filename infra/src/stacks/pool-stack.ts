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
import { PoolParameters } from '../constructs/pool-parameters.ts';
import { ResourceServers } from '../constructs/resource-servers.ts';
import { UserPool } from '../constructs/user-pool.ts';
import { toItemJson } from '../item-json.ts';
import { EnvironmentStack } from './environment-stack.ts';

/** What the stack is made from. */
export interface PoolStackProps {
  readonly environment: Environment;
  readonly pool: Pool;
}

/** `<env>-pool-<name>`: one user pool with its clients and their baselines. Deploys without touching another pool. */
export class PoolStack extends EnvironmentStack {
  constructor(scope: Construct, props: PoolStackProps) {
    const { environment, pool } = props;
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
    const { servers } = new ResourceServers(this, 'servers', { pool, userPoolId: userPool.id });
    new DynamodbTableItem(this, 'settings', {
      tableName: tableName(environment.name),
      hashKey: CLAIMS_TABLE_KEYS.partitionKey,
      rangeKey: CLAIMS_TABLE_KEYS.sortKey,
      item: toItemJson(toSettingsRecord(pool, userPool.id)),
    });
    new PoolParameters(this, 'parameters', { environment, pool, userPool });
    new M2mClients(this, 'clients', {
      environment,
      pool,
      userPoolId: userPool.id,
      secretKeyArn: arnOf('kms', keyAliasName(environment.name)),
      dependsOn: [...servers],
    });
  }
}
