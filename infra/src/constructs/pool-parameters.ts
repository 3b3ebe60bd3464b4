import type { CognitoUserPool } from '@cdktf/provider-aws/lib/cognito-user-pool/index.js';
import { SsmParameter } from '@cdktf/provider-aws/lib/ssm-parameter/index.js';
import type { Environment, Pool } from '@cognito-m2m/environment';
import { poolParameterNames, tableName, tokenEndpoint } from '@cognito-m2m/environment/names';
import { Construct } from 'constructs';
import { literalText } from '../terraform-text.ts';

/** What the parameters are made from. */
export interface PoolParametersProps {
  readonly environment: Environment;
  readonly pool: Pool;
  readonly userPool: CognitoUserPool;
}

/** What the command line and services need to find a deployed pool; nothing in it is secret. */
export class PoolParameters extends Construct {
  constructor(scope: Construct, id: string, props: PoolParametersProps) {
    super(scope, id);
    const { environment, pool, userPool } = props;
    const names = poolParameterNames(environment.name, pool.name);
    // Not secret: a plan may show them.
    const add = (id: string, name: string, insecureValue: string, description = '') =>
      new SsmParameter(this, id, {
        name,
        type: 'String',
        insecureValue,
        ...(description !== '' && { description: literalText(description) }),
      });
    // Amazon Cognito keeps no description of a pool.
    add('user-pool-id', names.userPoolId, userPool.id, pool.description);
    // The provider knows the form of the issuer; we never compute it.
    add('issuer', names.issuer, `https://${userPool.endpoint}`);
    const { domainPrefix } = pool;
    add('token-endpoint', names.tokenEndpoint, tokenEndpoint(domainPrefix, environment.region));
    add('table-name', names.tableName, tableName(environment.name));
  }
}
