import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group/index.js';
import type { Environment } from '@cognito-m2m/environment';
import { logGroupName } from '@cognito-m2m/environment/names';
import { Construct } from 'constructs';

/** What the log group is made from. */
export interface TriggerLogGroupProps {
  readonly environment: Environment;
  /** The customer managed key that encrypts it. */
  readonly keyArn: string;
}

/** The trigger's log group: encrypted, and gone after the environment's retention. */
export class TriggerLogGroup extends Construct {
  readonly logGroup: CloudwatchLogGroup;

  constructor(scope: Construct, id: string, props: TriggerLogGroupProps) {
    super(scope, id);
    const { environment, keyArn } = props;
    this.logGroup = new CloudwatchLogGroup(this, 'group', {
      name: logGroupName(environment.name),
      retentionInDays: environment.trigger.logRetentionDays,
      kmsKeyId: keyArn,
    });
  }
}
