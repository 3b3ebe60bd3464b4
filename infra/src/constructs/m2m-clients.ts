import { CognitoUserPoolClient } from '@cdktf/provider-aws/lib/cognito-user-pool-client/index.js';
import { DynamodbTableItem } from '@cdktf/provider-aws/lib/dynamodb-table-item/index.js';
import { SecretsmanagerSecret } from '@cdktf/provider-aws/lib/secretsmanager-secret/index.js';
import { SecretsmanagerSecretPolicy } from '@cdktf/provider-aws/lib/secretsmanager-secret-policy/index.js';
import { SecretsmanagerSecretVersion } from '@cdktf/provider-aws/lib/secretsmanager-secret-version/index.js';
import { SsmParameter } from '@cdktf/provider-aws/lib/ssm-parameter/index.js';
import { CLAIMS_TABLE_KEYS } from '@cognito-m2m/claims-store/table';
import {
  type Client,
  type Environment,
  isTheirs,
  type Pool,
  toBaselineRecord,
} from '@cognito-m2m/environment';
import { clientParameterName, secretName, tableName } from '@cognito-m2m/environment/names';
import {
  type ITerraformDependable,
  type MapTerraformIterator,
  propertyAccess,
  ref,
  TerraformIterator,
  TerraformLocal,
  type TerraformResource,
  Token,
} from 'cdktf';
import { Construct } from 'constructs';
import { policyJson } from '../policy.ts';
import { CLIENT_ID_PLACEHOLDER, literalText, ownItemOf, toItemJson } from '../terraform-text.ts';

/**
 * Stays on the version that Terraform knows while rotations move the other labels. AWS deletes versions without a label,
 * and Terraform would then write the first secret again, as the current one.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html
 */
const DEPLOY_LABEL = 'm2m-deploy';

/** What the clients are made from. */
interface M2mClientsProps {
  readonly environment: Environment;
  readonly pool: Pool;
  readonly userPoolId: string;
  /** The customer managed key for their secrets, by alias. */
  readonly secretKeyArn: string;
  /** Clients that Terraform imports. */
  readonly importedClients: readonly string[];
  /** The resource servers whose scopes they request. */
  readonly dependsOn: ITerraformDependable[];
}

/**
 * The app clients of a pool: client credentials only, each with its baseline, its secret and the parameter that names it.
 *
 * One block of each kind, over the map of clients (decision record 0032): a plan calls them by name, such as
 * `aws_cognito_user_pool_client.client["billing-worker"]`.
 */
export class M2mClients extends Construct {
  private readonly each: MapTerraformIterator;
  private readonly appClients: CognitoUserPoolClient;
  private readonly secrets: SecretsmanagerSecret;

  constructor(scope: Construct, id: string, props: M2mClientsProps) {
    super(scope, id);
    this.each = TerraformIterator.fromMap(
      this.addLocal('clients', props.pool, (client) =>
        toArguments(client, props.importedClients.includes(client.name)),
      ).asAnyMap,
    );
    this.appClients = this.addAppClients(props);
    this.addBaselines(props);
    this.addParameters(props);
    this.secrets = this.addSecrets(props);
    this.addSecretValues(this.secrets);
    this.addReaders(props);
  }

  /** The ARN of a client's entry in AWS Secrets Manager. */
  secretArnOf(clientName: string): string {
    return Token.asString(propertyAccess(this.secrets, [clientName, 'arn']));
  }

  /** @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolClient.html */
  private addAppClients({ userPoolId, dependsOn }: M2mClientsProps): CognitoUserPoolClient {
    const appClients = new CognitoUserPoolClient(this, 'client', {
      forEach: this.each,
      userPoolId,
      name: this.each.key,
      generateSecret: ref('try(each.value.generate_secret, null)'),
      allowedOauthFlows: ['client_credentials'],
      allowedOauthFlowsUserPoolClient: true,
      allowedOauthScopes: this.each.getList('scopes'),
      accessTokenValidity: this.each.getNumber('access_token_minutes'),
      tokenValidityUnits: [{ accessToken: 'minutes' }],
      // Left out, Amazon Cognito would allow users to sign in; this one does nothing without a user's token.
      explicitAuthFlows: ['ALLOW_REFRESH_TOKEN_AUTH'],
      preventUserExistenceErrors: 'ENABLED',
      enableTokenRevocation: true,
      // Known only of a client that Terraform created; no reason to replace one whose import block is gone.
      lifecycle: { ignoreChanges: ['generate_secret'] },
      dependsOn,
    });
    appClients.overrideLogicalId('client');
    return appClients;
  }

  private addBaselines({ environment, pool, userPoolId }: M2mClientsProps): void {
    const { terraformResourceType: type, friendlyUniqueId: id } = this.appClients;
    const items = this.addLocal('baselines', pool, (client) =>
      toItemJson(toBaselineRecord(pool, client, { userPoolId, clientId: CLIENT_ID_PLACEHOLDER })),
    );
    new DynamodbTableItem(this, 'baseline', {
      forEach: this.each,
      tableName: tableName(environment.name),
      hashKey: CLAIMS_TABLE_KEYS.partitionKey,
      rangeKey: CLAIMS_TABLE_KEYS.sortKey,
      item: ownItemOf(`local.${items.friendlyUniqueId}[each.key]`, `${type}.${id}[each.key].id`),
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

  /** Every client's ID and secret in AWS Secrets Manager, where its owner's service reads them. */
  private addSecrets({ environment, pool, secretKeyArn }: M2mClientsProps): SecretsmanagerSecret {
    const secrets = new SecretsmanagerSecret(this, 'secret', {
      forEach: this.each,
      name: secretName(environment.name, pool.name, this.each.key),
      description: this.each.getString('description'),
      kmsKeyId: secretKeyArn,
      // No waiting time: the secret is worthless without its app client, and the name must be free when the client returns.
      recoveryWindowInDays: 0,
      tags: { owner: this.each.getString('owner') },
    });
    secrets.overrideLogicalId('client');
    return secrets;
  }

  private addSecretValues(secrets: SecretsmanagerSecret): void {
    const { terraformResourceType: type, friendlyUniqueId: id } = this.appClients;
    new SecretsmanagerSecretVersion(this, 'value', {
      forEach: this.each,
      secretId: ownAttribute(secrets, this.each, 'id'),
      versionStages: ['AWSCURRENT', DEPLOY_LABEL],
      secretString: JSON.stringify({
        client_id: ownAttribute(this.appClients, this.each, 'id'),
        client_secret: ownAttribute(this.appClients, this.each, 'client_secret'),
      }),
      lifecycle: {
        // A rotated secret is newer than the one Terraform knows; only a new client writes a new one.
        ignoreChanges: ['secret_string', 'version_stages'],
        replaceTriggeredBy: [`${type}.${id}[each.key].id`],
      },
    }).overrideLogicalId('client');
  }

  /**
   * Lets roles of this and of other accounts read a client's secret.
   *
   * A block for each client that has readers, so that the guardrails can read its policy.
   */
  private addReaders({ pool }: M2mClientsProps): void {
    for (const { name, readers } of pool.clients) {
      if (readers.length === 0) continue;
      new SecretsmanagerSecretPolicy(this, `readers-${name}`, {
        secretArn: this.secretArnOf(name),
        blockPublicPolicy: true,
        policy: policyJson([
          {
            Sid: 'Readers',
            Effect: 'Allow',
            Principal: { AWS: readers },
            Action: ['secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'],
            // In the policy of a secret this means that secret, and nothing else.
            Resource: '*',
          },
        ]),
      });
    }
  }

  /** Adds a local value of the stack that holds something for each client, by name. */
  private addLocal(name: string, pool: Pool, read: (client: Client) => unknown): TerraformLocal {
    const ours = pool.clients.filter((client) => !isTheirs(client));
    const values = ours.map((client) => [client.name, read(client)]);
    const local = new TerraformLocal(this, name, Object.fromEntries(values));
    local.overrideLogicalId(name);
    return local;
  }
}

/** What the blocks read of a client; its claims are in the baselines. */
function toArguments(
  { description, owner, scopes, accessTokenMinutes }: Client,
  isImported: boolean,
) {
  return {
    description: literalText(description),
    owner: literalText(owner),
    scopes: scopes.map(literalText),
    access_token_minutes: accessTokenMinutes,
    // Amazon Cognito does not tell how a client was created. The provider fails to apply a value that it did not read.
    generate_secret: isImported ? undefined : true,
  };
}

/** Refers to an attribute of the instance with the block's own key, of another resource over the same map. */
function ownAttribute(
  resource: TerraformResource,
  each: MapTerraformIterator,
  attribute: string,
): string {
  return Token.asString(propertyAccess(resource, [each.key, attribute]));
}
