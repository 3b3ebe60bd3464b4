import { CognitoUserPoolClient } from '@cdktf/provider-aws/lib/cognito-user-pool-client/index.js';
import { DynamodbTableItem } from '@cdktf/provider-aws/lib/dynamodb-table-item/index.js';
import { SsmParameter } from '@cdktf/provider-aws/lib/ssm-parameter/index.js';
import { CLAIMS_TABLE_KEYS } from '@cognito-m2m/claims-store/table';
import {
  type Client,
  type Environment,
  type Pool,
  toBaselineRecord,
} from '@cognito-m2m/environment';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { toItemJson } from '../item-json.ts';
import { parameterName, tableName } from '../names.ts';
import { literalText } from '../terraform-text.ts';
import { ClientSecret } from './client-secret.ts';

/** What the client is made from. */
export interface M2mClientProps {
  readonly environment: Environment;
  readonly pool: Pool;
  readonly client: Client;
  readonly userPoolId: string;
  /** The customer managed key for its secret, by alias. */
  readonly secretKeyArn: string;
  /** The resource servers whose scopes it may ask for. @default none */
  readonly dependsOn?: ITerraformDependable[];
}

/** One app client: client credentials and nothing else, with its baseline, its secret and the parameter that names it. */
export class M2mClient extends Construct {
  constructor(scope: Construct, id: string, props: M2mClientProps) {
    super(scope, id);
    const { environment, pool, client, userPoolId, secretKeyArn, dependsOn = [] } = props;
    const appClient = new CognitoUserPoolClient(this, 'client', {
      ...clientCredentialsOnly(client),
      userPoolId,
      dependsOn,
    });
    new DynamodbTableItem(this, 'baseline', {
      tableName: tableName(environment.name),
      hashKey: CLAIMS_TABLE_KEYS.partitionKey,
      rangeKey: CLAIMS_TABLE_KEYS.sortKey,
      item: toItemJson(toBaselineRecord(pool, client, { userPoolId, clientId: appClient.id })),
    });
    new ClientSecret(this, 'secret', {
      environment,
      pool,
      client,
      appClient,
      keyArn: secretKeyArn,
    });
    new SsmParameter(this, 'parameter', {
      name: parameterName(environment.name, pool.name, `clients/${client.name}`),
      description: literalText(client.description),
      type: 'String',
      insecureValue: appClient.id,
      tags: { owner: client.owner },
    });
  }
}

/** @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolClient.html */
function clientCredentialsOnly(client: Client) {
  return {
    name: client.name,
    generateSecret: true,
    allowedOauthFlows: ['client_credentials'],
    allowedOauthFlowsUserPoolClient: true,
    allowedOauthScopes: client.scopes.map(literalText),
    accessTokenValidity: client.accessTokenMinutes,
    tokenValidityUnits: [{ accessToken: 'minutes' }],
    // Left out, Amazon Cognito would allow users to sign in; this one does nothing without a user's token.
    explicitAuthFlows: ['ALLOW_REFRESH_TOKEN_AUTH'],
    preventUserExistenceErrors: 'ENABLED',
    enableTokenRevocation: true,
  };
}
