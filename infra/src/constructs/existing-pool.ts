import { DataAwsCognitoUserPool } from '@cdktf/provider-aws/lib/data-aws-cognito-user-pool/index.js';
import { DataAwsCognitoUserPoolClients } from '@cdktf/provider-aws/lib/data-aws-cognito-user-pool-clients/index.js';
import { DynamodbTableItem } from '@cdktf/provider-aws/lib/dynamodb-table-item/index.js';
import { SsmParameter } from '@cdktf/provider-aws/lib/ssm-parameter/index.js';
import { CLAIMS_TABLE_KEYS } from '@cognito-m2m/claims-store/table';
import {
  type Client,
  type Environment,
  isTheirs,
  type Pool,
  toBaselineRecord,
} from '@cognito-m2m/environment';
import {
  clientParameterName,
  originalIssuer,
  tableName,
  tokenEndpoint,
} from '@cognito-m2m/environment/names';
import { TerraformIterator, TerraformLocal } from 'cdktf';
import { Construct } from 'constructs';
import { CLIENT_ID_PLACEHOLDER, literalText, ownItemOf, toItemJson } from '../terraform-text.ts';
import { addPoolParameters } from './pool-parameters.ts';

/** What is read of the pool. */
export interface ExistingPoolProps {
  readonly environment: Environment;
  readonly pool: Pool;
  readonly userPoolId: string;
}

/** A user pool of another owner: it is read, and nothing of it is changed. */
export class ExistingUserPool extends Construct {
  constructor(scope: Construct, id: string, props: ExistingPoolProps) {
    super(scope, id);
    const { environment, pool, userPoolId } = props;
    const read = new DataAwsCognitoUserPool(this, 'pool', { userPoolId });
    read.overrideLogicalId('existing');
    const { tokenEndpoint: parameter } = addPoolParameters(scope, props, {
      userPoolId,
      originalIssuer: originalIssuer(userPoolId, environment.region),
      tokenEndpoint: endpointExpression(environment.region),
      customDomainTarget: undefined,
    });
    // A parameter cannot be empty, and a pool without a domain has no token endpoint.
    parameter?.addOverride('count', `\${${HAS_DOMAIN} ? 1 : 0}`);
    this.addClients(props, pool.clients.filter(isTheirs));
  }

  /** The baselines and parameters of the owner's app clients. */
  private addClients(
    { environment, pool, userPoolId }: ExistingPoolProps,
    clients: readonly Client[],
  ) {
    if (clients.length === 0) return;
    const all = new DataAwsCognitoUserPoolClients(this, 'clients', { userPoolId });
    all.overrideLogicalId('existing');
    const values = clients.map((client) => [
      client.name,
      {
        client_id: client.clientId,
        description: literalText(client.description),
        owner: literalText(client.owner),
        item: toItemJson(
          toBaselineRecord(pool, client, { userPoolId, clientId: CLIENT_ID_PLACEHOLDER }),
        ),
      },
    ]);
    const local = new TerraformLocal(this, 'existing_clients', Object.fromEntries(values));
    local.overrideLogicalId('existing_clients');
    const each = TerraformIterator.fromMap(local.asAnyMap);
    const baselines = new DynamodbTableItem(this, 'baseline', {
      forEach: each,
      tableName: tableName(environment.name),
      hashKey: CLAIMS_TABLE_KEYS.partitionKey,
      rangeKey: CLAIMS_TABLE_KEYS.sortKey,
      item: ownItemOf('each.value.item', 'each.value.client_id'),
    });
    baselines.overrideLogicalId('existing_baseline');
    baselines.addOverride('lifecycle.precondition', [
      {
        condition:
          '${contains(data.aws_cognito_user_pool_clients.existing.client_ids, each.value.client_id)}',
        error_message: `App client \${each.key} (\${each.value.client_id}) does not exist in user pool ${userPoolId}. Correct its clientId in the environment file.`,
      },
    ]);
    new SsmParameter(this, 'parameter', {
      forEach: each,
      name: clientParameterName(environment.name, pool.name, each.key),
      description: each.getString('description'),
      type: 'String',
      insecureValue: each.getString('client_id'),
      tags: { owner: each.getString('owner') },
    }).overrideLogicalId('existing_client');
  }
}

const READ = 'data.aws_cognito_user_pool.existing';
const hasText = (attribute: string) => `try(length(${READ}.${attribute}), 0) > 0`;
const HAS_DOMAIN = `(${hasText('custom_domain')} || ${hasText('domain')})`;

/** Terraform's expression for the token endpoint: at the pool's own domain, or at its prefix. */
function endpointExpression(region: string): string {
  const own = `"https://\${${READ}.custom_domain}/oauth2/token"`;
  const prefixed = `"${tokenEndpoint(`\${${READ}.domain}`, region)}"`;
  return `\${${hasText('custom_domain')} ? ${own} : ${prefixed}}`;
}
