import { CognitoUserPool } from '@cdktf/provider-aws/lib/cognito-user-pool/index.js';
import { CognitoUserPoolDomain } from '@cdktf/provider-aws/lib/cognito-user-pool-domain/index.js';
import { LambdaPermission } from '@cdktf/provider-aws/lib/lambda-permission/index.js';
import { Wafv2WebAclAssociation } from '@cdktf/provider-aws/lib/wafv2-web-acl-association/index.js';
import type { Environment, Pool } from '@cognito-m2m/environment';
import {
  COGNITO_PRINCIPAL,
  permissionStatementId,
  TRIGGER_ALIAS,
  triggerName,
  userPoolName,
} from '@cognito-m2m/environment/names';
import { Construct } from 'constructs';

/** What the pool is made from. */
export interface UserPoolProps {
  readonly environment: Environment;
  readonly pool: Pool;
  readonly accountId: string;
  /** The trigger's alias; a numbered version would tie the pool to one build. */
  readonly triggerArn: string;
}

/** What Terraform can't change about a pool: one that was taken over keeps its own, and is never replaced for it. */
const INBORN_SETTINGS = [
  'alias_attributes',
  'name',
  'schema',
  'username_attributes',
  'username_configuration',
];

/** A user pool for machines: no sign-up, the V3_0 trigger, a domain for its token endpoint. */
export class UserPool extends Construct {
  readonly userPool: CognitoUserPool;

  constructor(scope: Construct, id: string, props: UserPoolProps) {
    super(scope, id);
    const { environment, pool, accountId, triggerArn } = props;
    this.userPool = new CognitoUserPool(this, 'pool', {
      name: userPoolName(environment.name, pool.name),
      userPoolTier: pool.plan,
      deletionProtection: environment.isDisposable ? 'INACTIVE' : 'ACTIVE',
      adminCreateUserConfig: { allowAdminCreateUserOnly: true },
      // Earlier trigger versions are never called for client credentials.
      lambdaConfig: {
        preTokenGenerationConfig: { lambdaArn: triggerArn, lambdaVersion: 'V3_0' },
      },
      lifecycle: { ignoreChanges: INBORN_SETTINGS, preventDestroy: !environment.isDisposable },
    });
    new CognitoUserPoolDomain(this, 'domain', {
      domain: pool.domainPrefix,
      userPoolId: this.userPool.id,
      // Another prefix would be another token endpoint, and the old one free for anybody who asks for it.
      lifecycle: { preventDestroy: !environment.isDisposable },
    });
    new LambdaPermission(this, 'permission', {
      statementId: permissionStatementId(pool.name),
      functionName: triggerName(environment.name),
      qualifier: TRIGGER_ALIAS,
      action: 'lambda:InvokeFunction',
      principal: COGNITO_PRINCIPAL,
      sourceArn: this.userPool.arn,
      sourceAccount: accountId,
    });
    if (pool.webAclArn !== undefined) {
      new Wafv2WebAclAssociation(this, 'firewall', {
        resourceArn: this.userPool.arn,
        webAclArn: pool.webAclArn,
      });
    }
  }
}
