import type { CognitoUserPoolClient } from '@cdktf/provider-aws/lib/cognito-user-pool-client/index.js';
import { SecretsmanagerSecret } from '@cdktf/provider-aws/lib/secretsmanager-secret/index.js';
import { SecretsmanagerSecretVersion } from '@cdktf/provider-aws/lib/secretsmanager-secret-version/index.js';
import type { Environment, Pool } from '@cognito-m2m/environment';
import { secretName } from '@cognito-m2m/environment/names';
import type { MapTerraformIterator } from 'cdktf';
import { Construct } from 'constructs';
import { ownAttribute } from '../terraform-reference.ts';

/**
 * Stays on the version that Terraform knows while rotations move the other labels on. AWS deletes versions without a label,
 * and Terraform would write the first secret again, as the current one.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html
 */
const DEPLOY_LABEL = 'm2m-deploy';

/** What the secrets are made from. */
export interface ClientSecretsProps {
  readonly environment: Environment;
  readonly pool: Pool;
  /** Over the pool's clients. */
  readonly each: MapTerraformIterator;
  readonly appClients: CognitoUserPoolClient;
  /** The customer managed key, by alias. */
  readonly keyArn: string;
}

/** Every client's id and secret in AWS Secrets Manager, where its owner's service reads them. */
export class ClientSecrets extends Construct {
  constructor(scope: Construct, id: string, props: ClientSecretsProps) {
    super(scope, id);
    const { environment, pool, each, appClients, keyArn } = props;
    const secrets = new SecretsmanagerSecret(this, 'secret', {
      forEach: each,
      name: secretName(environment.name, pool.name, each.key),
      description: each.getString('description'),
      kmsKeyId: keyArn,
      // In days. While it lasts, the name can't be used again.
      recoveryWindowInDays: environment.isDisposable ? 0 : 7,
      tags: { owner: each.getString('owner') },
    });
    secrets.overrideLogicalId('client');
    new SecretsmanagerSecretVersion(this, 'value', {
      forEach: each,
      secretId: ownAttribute(secrets, each, 'id'),
      versionStages: ['AWSCURRENT', DEPLOY_LABEL],
      secretString: JSON.stringify({
        client_id: ownAttribute(appClients, each, 'id'),
        client_secret: ownAttribute(appClients, each, 'client_secret'),
      }),
      lifecycle: {
        // A rotated secret is newer than what Terraform knows; only a new client writes a new one.
        ignoreChanges: ['secret_string', 'version_stages'],
        replaceTriggeredBy: [
          `${appClients.terraformResourceType}.${appClients.friendlyUniqueId}[each.key].id`,
        ],
      },
    }).overrideLogicalId('client');
  }
}
