import { CognitoResourceServer } from '@cdktf/provider-aws/lib/cognito-resource-server/index.js';
import { CognitoUserPool } from '@cdktf/provider-aws/lib/cognito-user-pool/index.js';
import { CognitoUserPoolClient } from '@cdktf/provider-aws/lib/cognito-user-pool-client/index.js';
import { DynamodbTableItem } from '@cdktf/provider-aws/lib/dynamodb-table-item/index.js';
import { AwsProvider } from '@cdktf/provider-aws/lib/provider/index.js';
import { SecretsmanagerSecret } from '@cdktf/provider-aws/lib/secretsmanager-secret/index.js';
import { SecretsmanagerSecretVersion } from '@cdktf/provider-aws/lib/secretsmanager-secret-version/index.js';
import { SsmParameter } from '@cdktf/provider-aws/lib/ssm-parameter/index.js';
import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { type Environment, loadEnvironment, type Pool } from '@cognito-m2m/environment';
import { App, TerraformStack } from 'cdktf';

// The other side of the comparison: CDKTF as its tutorials use it, with a block of its own for every resource.

function addPool(app: App, { region }: Environment, pool: Pool): void {
  const stack = new TerraformStack(app, pool.name);
  new AwsProvider(stack, 'aws', { region });
  const userPool = new CognitoUserPool(stack, 'pool', { name: pool.name });
  const servers = Object.entries(pool.resourceServers).map(
    ([identifier, { name, scopes }]) =>
      new CognitoResourceServer(stack, identifier, {
        identifier,
        name,
        userPoolId: userPool.id,
        scope: Object.entries(scopes).map(([scopeName, scopeDescription]) => ({
          scopeName,
          scopeDescription,
        })),
      }),
  );
  for (const client of pool.clients) {
    const appClient = new CognitoUserPoolClient(stack, client.name, {
      name: client.name,
      userPoolId: userPool.id,
      generateSecret: true,
      allowedOauthFlows: ['client_credentials'],
      allowedOauthFlowsUserPoolClient: true,
      allowedOauthScopes: [...client.scopes],
      accessTokenValidity: client.accessTokenMinutes,
      tokenValidityUnits: [{ accessToken: 'minutes' }],
      dependsOn: servers,
    });
    new DynamodbTableItem(stack, `${client.name}-baseline`, {
      tableName: 'claims',
      hashKey: 'pk',
      rangeKey: 'sk',
      item: JSON.stringify({ pk: userPool.id, sk: appClient.id, claims: client.claims }),
    });
    const secret = new SecretsmanagerSecret(stack, `${client.name}-secret`, { name: client.name });
    new SecretsmanagerSecretVersion(stack, `${client.name}-value`, {
      secretId: secret.id,
      secretString: appClient.clientSecret,
    });
    new SsmParameter(stack, `${client.name}-parameter`, {
      name: `/${pool.name}/${client.name}`,
      type: 'String',
      insecureValue: appClient.id,
    });
  }
}

const environment = await loadEnvironment('bench', { contract });
const app = new App();
for (const pool of environment.pools) addPool(app, environment, pool);
app.synth();
