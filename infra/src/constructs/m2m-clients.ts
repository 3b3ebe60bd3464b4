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
import { clientParameterName, tableName } from '@cognito-m2m/environment/names';
import {
  type ITerraformDependable,
  type MapTerraformIterator,
  TerraformIterator,
  TerraformLocal,
} from 'cdktf';
import { Construct } from 'constructs';
import { toItemJson } from '../item-json.ts';
import { instanceAttribute, ownAttribute, ownValue } from '../terraform-reference.ts';
import { literalText } from '../terraform-text.ts';
import { ClientSecrets } from './client-secrets.ts';

/** What the clients are made from. */
export interface M2mClientsProps {
  readonly environment: Environment;
  readonly pool: Pool;
  readonly userPoolId: string;
  /** The customer managed key for their secrets, by alias. */
  readonly secretKeyArn: string;
  /** The resource servers whose scopes they ask for. */
  readonly dependsOn: ITerraformDependable[];
}

/**
 * The app clients of a pool: client credentials and nothing else, each with its baseline, its secret and the parameter
 * that names it.
 *
 * One block of each kind, over the map of clients (decision record 0032): a plan calls them by name, such as
 * `aws_cognito_user_pool_client.client["billing-worker"]`.
 */
export class M2mClients extends Construct {
  private readonly each: MapTerraformIterator;
  private readonly appClients: CognitoUserPoolClient;

  constructor(scope: Construct, id: string, props: M2mClientsProps) {
    super(scope, id);
    const { environment, pool, secretKeyArn } = props;
    this.each = TerraformIterator.fromMap(this.addLocal('clients', pool, toArguments).asAnyMap);
    this.appClients = this.addAppClients(props);
    this.addBaselines(props);
    this.addParameters(props);
    new ClientSecrets(this, 'secrets', {
      environment,
      pool,
      each: this.each,
      appClients: this.appClients,
      keyArn: secretKeyArn,
    });
  }

  /** @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolClient.html */
  private addAppClients({ userPoolId, dependsOn }: M2mClientsProps): CognitoUserPoolClient {
    const appClients = new CognitoUserPoolClient(this, 'client', {
      forEach: this.each,
      userPoolId,
      name: this.each.key,
      generateSecret: true,
      allowedOauthFlows: ['client_credentials'],
      allowedOauthFlowsUserPoolClient: true,
      allowedOauthScopes: this.each.getList('scopes'),
      accessTokenValidity: this.each.getNumber('access_token_minutes'),
      tokenValidityUnits: [{ accessToken: 'minutes' }],
      // Left out, Amazon Cognito would allow users to sign in; this one does nothing without a user's token.
      explicitAuthFlows: ['ALLOW_REFRESH_TOKEN_AUTH'],
      preventUserExistenceErrors: 'ENABLED',
      enableTokenRevocation: true,
      // Unknown of a client that was taken over, and no reason to replace it.
      lifecycle: { ignoreChanges: ['generate_secret'] },
      dependsOn,
    });
    appClients.overrideLogicalId('client');
    return appClients;
  }

  private addBaselines({ environment, pool, userPoolId }: M2mClientsProps): void {
    const items = this.addLocal('baselines', pool, (client) => {
      const clientId = instanceAttribute(this.appClients, client.name, 'id');
      return toItemJson(toBaselineRecord(pool, client, { userPoolId, clientId }));
    });
    new DynamodbTableItem(this, 'baseline', {
      forEach: this.each,
      tableName: tableName(environment.name),
      hashKey: CLAIMS_TABLE_KEYS.partitionKey,
      rangeKey: CLAIMS_TABLE_KEYS.sortKey,
      item: ownValue(items, this.each),
    }).overrideLogicalId('baseline');
  }

  private addParameters({ environment, pool }: M2mClientsProps): void {
    new SsmParameter(this, 'parameter', {
      forEach: this.each,
      name: clientParameterName(environment.name, pool.name, this.each.key),
      description: this.each.getString('description'),
      type: 'String',
      insecureValue: ownAttribute(this.appClients, this.each, 'id'),
      tags: { owner: this.each.getString('owner') },
    }).overrideLogicalId('client');
  }

  /** Adds a value of the stack that holds something of every client, by name. */
  private addLocal(name: string, pool: Pool, read: (client: Client) => unknown): TerraformLocal {
    const values = pool.clients.map((client) => [client.name, read(client)]);
    const local = new TerraformLocal(this, name, Object.fromEntries(values));
    local.overrideLogicalId(name);
    return local;
  }
}

/** What the blocks read of a client; its claims are in the baselines. */
function toArguments({ description, owner, scopes, accessTokenMinutes }: Client) {
  return {
    description: literalText(description),
    owner: literalText(owner),
    scopes: scopes.map(literalText),
    access_token_minutes: accessTokenMinutes,
  };
}
