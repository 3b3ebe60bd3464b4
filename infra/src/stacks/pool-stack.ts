import { DataAwsCallerIdentity } from '@cdktf/provider-aws/lib/data-aws-caller-identity/index.js';
import { DataAwsPartition } from '@cdktf/provider-aws/lib/data-aws-partition/index.js';
import { DynamodbTableItem } from '@cdktf/provider-aws/lib/dynamodb-table-item/index.js';
import { CLAIMS_TABLE_KEYS } from '@cognito-m2m/claims-store/table';
import {
  type Environment,
  type ExistingPool,
  isTheirs,
  type Pool,
  toSettingsRecord,
} from '@cognito-m2m/environment';
import {
  keyAliasName,
  poolStackName,
  TRIGGER_ALIAS,
  tableName,
  triggerName,
} from '@cognito-m2m/environment/names';
import type { Construct } from 'constructs';
import { ExistingUserPool } from '../constructs/existing-pool.ts';
import { M2mClients } from '../constructs/m2m-clients.ts';
import { addCanary } from '../constructs/pool-canary.ts';
import { addPoolParameters } from '../constructs/pool-parameters.ts';
import { addWatchPermissions } from '../constructs/pool-watch.ts';
import {
  addInvokePermission,
  addResourceServers,
  addressesOf,
  UserPool,
} from '../constructs/user-pool.ts';
import { toItemJson } from '../terraform-text.ts';
import { EnvironmentStack } from './environment-stack.ts';

/** What the stack is made from. */
export interface PoolStackProps {
  readonly environment: Environment;
  readonly pool: Pool;
  /** Clients that Terraform imports. */
  readonly importedClients: readonly string[];
}

/** Puts the ARN of a resource of this account and Region together. */
type ArnOf = (service: string, resource: string) => string;

/** `<env>-pool-<name>`: one user pool with its clients and their baselines, or what is added to an existing one. Deploys without touching another pool. */
export class PoolStack extends EnvironmentStack {
  constructor(scope: Construct, props: PoolStackProps) {
    const { environment, importedClients } = props;
    super(scope, poolStackName(environment.name, props.pool.name), {
      environment,
      tags: { pool: props.pool.name, owner: props.pool.owner },
    });

    const { accountId } = new DataAwsCallerIdentity(this, 'caller');
    const domainPrefix = props.pool.domainPrefix?.replaceAll('{accountId}', accountId);
    const pool = { ...props.pool, domainPrefix };
    const { partition } = new DataAwsPartition(this, 'partition');
    const arnOf: ArnOf = (service, resource) =>
      `arn:${partition}:${service}:${environment.region}:${accountId}:${resource}`;

    const { userPoolId, userPoolArn, servers } =
      pool.existing === undefined
        ? this.addOwnPool({ ...props, pool }, accountId, arnOf)
        : this.addExistingPool(props, pool.existing, accountId, arnOf);
    new DynamodbTableItem(this, 'settings', {
      tableName: tableName(environment.name),
      hashKey: CLAIMS_TABLE_KEYS.partitionKey,
      rangeKey: CLAIMS_TABLE_KEYS.sortKey,
      item: toItemJson(toSettingsRecord(pool, userPoolId)),
    });
    addWatchPermissions(this, { environment, pool, userPoolArn, arnOf });
    // Terraform does not accept a map without a client.
    const clients = pool.clients.every(isTheirs)
      ? undefined
      : new M2mClients(this, 'clients', {
          environment,
          pool,
          userPoolId,
          importedClients,
          secretKeyArn: arnOf('kms', keyAliasName(environment.name)),
          dependsOn: servers,
        });
    const secretArnOf = (name: string) => clients?.secretArnOf(name) ?? '';
    addCanary(this, { environment, pool, arnOf, secretArnOf });
  }

  private addOwnPool({ environment, pool }: PoolStackProps, accountId: string, arnOf: ArnOf) {
    const alias = `function:${triggerName(environment.name)}:${TRIGGER_ALIAS}`;
    const triggerArn = arnOf('lambda', alias);
    const created = new UserPool(this, 'pool', { environment, pool, triggerArn });
    const { id: userPoolId, arn: userPoolArn } = created.userPool;
    addInvokePermission(created, { environment, pool, accountId }, userPoolArn);
    addPoolParameters(this, { environment, pool }, addressesOf(created, pool, environment.region));
    return { userPoolId, userPoolArn, servers: addResourceServers(this, pool, userPoolId) };
  }

  private addExistingPool(
    { environment, pool }: PoolStackProps,
    { userPoolId }: ExistingPool,
    accountId: string,
    arnOf: ArnOf,
  ) {
    const userPoolArn = arnOf('cognito-idp', `userpool/${userPoolId}`);
    addInvokePermission(this, { environment, pool, accountId }, userPoolArn);
    new ExistingUserPool(this, 'existing', { environment, pool, userPoolId });
    return { userPoolId, userPoolArn, servers: [] };
  }
}
