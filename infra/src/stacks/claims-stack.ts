import { DataAwsCallerIdentity } from '@cdktf/provider-aws/lib/data-aws-caller-identity/index.js';
import { DataAwsPartition } from '@cdktf/provider-aws/lib/data-aws-partition/index.js';
import type { Environment } from '@cognito-m2m/environment';
import { claimsStackName } from '@cognito-m2m/environment/names';
import type { Construct } from 'constructs';
import { ClaimsKey, ClaimsTable } from '../constructs/claims-table.ts';
import { PoolCanary } from '../constructs/pool-canary.ts';
import { PoolWatch } from '../constructs/pool-watch.ts';
import { TriggerFunction, TriggerLogGroup, TriggerRole } from '../constructs/trigger-function.ts';
import { TriggerAlarms, TriggerDashboard } from '../constructs/trigger-monitoring.ts';
import { EnvironmentStack } from './environment-stack.ts';

/** What the stack is made from. */
export interface ClaimsStackProps {
  readonly environment: Environment;
  /** The folder that holds the trigger's built bundle and nothing else. */
  readonly triggerDirectory: string;
}

/** `<env>-claims`: the table, the trigger and what watches it. One per environment, shared by its pools. */
export class ClaimsStack extends EnvironmentStack {
  constructor(scope: Construct, props: ClaimsStackProps) {
    const { environment, triggerDirectory } = props;
    super(scope, claimsStackName(environment.name), {
      environment,
      tags: { owner: environment.owner },
    });

    const account = {
      accountId: new DataAwsCallerIdentity(this, 'caller').accountId,
      partition: new DataAwsPartition(this, 'partition').partition,
    };
    const { key } = new ClaimsKey(this, 'key', { environment, ...account });
    const { table } = new ClaimsTable(this, 'table', { environment, keyArn: key.arn });
    const { logGroup } = new TriggerLogGroup(this, 'logs', { environment, keyArn: key.arn });
    const { role, policy } = new TriggerRole(this, 'role', {
      environment,
      tableArn: table.arn,
      keyArn: key.arn,
      logGroupArn: logGroup.arn,
    });
    const trigger = new TriggerFunction(this, 'trigger', {
      environment,
      triggerDirectory,
      roleArn: role.arn,
      // A function that starts before its policy exists would fail its first reads.
      dependsOn: [policy, logGroup],
    });
    new TriggerAlarms(this, 'alarms', { environment });
    new TriggerDashboard(this, 'dashboard', { environment });
    if (environment.watch !== undefined) {
      const shared = { accountId: account.accountId, keyArn: key.arn, claimsTableArn: table.arn };
      const { watch } = environment;
      const { tableArn } = new PoolWatch(this, 'watch', {
        environment,
        watch,
        ...shared,
        triggerArn: trigger.function.arn,
        triggerRoleArn: role.arn,
        triggerVersion: trigger.alias.functionVersion,
      });
      if (environment.pools.some(({ canary }) => canary !== undefined)) {
        new PoolCanary(this, 'canary', { environment, watch, ...shared, watchTableArn: tableArn });
      }
    }
  }
}
