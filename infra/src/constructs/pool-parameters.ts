import type { CognitoUserPool } from '@cdktf/provider-aws/lib/cognito-user-pool/index.js';
import { SsmParameter } from '@cdktf/provider-aws/lib/ssm-parameter/index.js';
import type { Environment, Pool } from '@cognito-m2m/environment';
import { Construct } from 'constructs';
import { parameterName, tableName } from '../names.ts';
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
    const host = `${pool.domainPrefix}.auth.${environment.region}.amazoncognito.com`;
    const values = {
      'user-pool-id': userPool.id,
      // The provider knows the form of the issuer; we never compute it.
      issuer: `https://${userPool.endpoint}`,
      'token-endpoint': `https://${host}/oauth2/token`,
      'table-name': tableName(environment.name),
    };
    for (const [leaf, value] of Object.entries(values)) {
      new SsmParameter(this, leaf, {
        name: parameterName(environment.name, pool.name, leaf),
        type: 'String',
        // Not secret: a plan may show it.
        insecureValue: value,
        // Amazon Cognito keeps no description of a pool.
        ...(leaf === 'user-pool-id' &&
          pool.description !== '' && { description: literalText(pool.description) }),
      });
    }
  }
}
