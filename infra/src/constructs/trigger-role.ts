import { IamRole } from '@cdktf/provider-aws/lib/iam-role/index.js';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy/index.js';
import type { Environment } from '@cognito-m2m/environment';
import { triggerName } from '@cognito-m2m/environment/names';
import { Construct } from 'constructs';
import { policyJson } from '../policy.ts';

/** What the role is made from. */
export interface TriggerRoleProps {
  readonly environment: Environment;
  readonly tableArn: string;
  readonly keyArn: string;
  readonly logGroupArn: string;
}

/** The trigger's role: it reads one table, decrypts with one key through that table, and writes one log group. */
export class TriggerRole extends Construct {
  readonly role: IamRole;
  readonly policy: IamRolePolicy;

  constructor(scope: Construct, id: string, props: TriggerRoleProps) {
    super(scope, id);
    const name = triggerName(props.environment.name);
    this.role = new IamRole(this, 'role', {
      name,
      description: 'Reads claims for access tokens; may do nothing else',
      assumeRolePolicy: policyJson([
        {
          Sid: 'Lambda',
          Effect: 'Allow',
          Principal: { Service: 'lambda.amazonaws.com' },
          Action: ['sts:AssumeRole'],
        },
      ]),
    });
    this.policy = new IamRolePolicy(this, 'policy', {
      name,
      role: this.role.name,
      policy: permissions(props),
    });
  }
}

function permissions({ environment, tableArn, keyArn, logGroupArn }: TriggerRoleProps): string {
  return policyJson([
    {
      Sid: 'ReadClaims',
      Effect: 'Allow',
      Action: ['dynamodb:Query'],
      Resource: tableArn,
    },
    {
      Sid: 'DecryptClaims',
      Effect: 'Allow',
      Action: ['kms:Decrypt'],
      Resource: keyArn,
      Condition: {
        StringEquals: { 'kms:ViaService': `dynamodb.${environment.region}.amazonaws.com` },
      },
    },
    {
      Sid: 'WriteLog',
      Effect: 'Allow',
      Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      // A policy names a log group with this ending, which stands for its streams: AWS Lambda names those itself.
      // @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_LogGroup.html
      Resource: `${logGroupArn}:*`,
    },
  ]);
}
