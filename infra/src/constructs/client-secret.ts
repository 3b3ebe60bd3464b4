import type { CognitoUserPoolClient } from '@cdktf/provider-aws/lib/cognito-user-pool-client/index.js';
import { SecretsmanagerSecret } from '@cdktf/provider-aws/lib/secretsmanager-secret/index.js';
import { SecretsmanagerSecretVersion } from '@cdktf/provider-aws/lib/secretsmanager-secret-version/index.js';
import type { Client, Environment, Pool } from '@cognito-m2m/environment';
import { Construct } from 'constructs';
import { secretName } from '../names.ts';
import { literalText } from '../terraform-text.ts';

/** What the secret is made from. */
export interface ClientSecretProps {
  readonly environment: Environment;
  readonly pool: Pool;
  readonly client: Client;
  readonly appClient: CognitoUserPoolClient;
  /** The customer managed key, by alias. */
  readonly keyArn: string;
}

/** A client's id and secret in AWS Secrets Manager, where its owner's service reads them. */
export class ClientSecret extends Construct {
  constructor(scope: Construct, id: string, props: ClientSecretProps) {
    super(scope, id);
    const { environment, pool, client, appClient, keyArn } = props;
    const secret = new SecretsmanagerSecret(this, 'secret', {
      name: secretName(environment.name, pool.name, client.name),
      description: literalText(client.description),
      kmsKeyId: keyArn,
      // In days. While it lasts, the name can't be used again.
      recoveryWindowInDays: environment.isDisposable ? 0 : 7,
      tags: { owner: client.owner },
    });
    new SecretsmanagerSecretVersion(this, 'value', {
      secretId: secret.id,
      secretString: JSON.stringify({
        client_id: appClient.id,
        client_secret: appClient.clientSecret,
      }),
      lifecycle: {
        // A rotated secret is newer than what Terraform knows; only a new client writes a new one.
        ignoreChanges: ['secret_string', 'version_stages'],
        replaceTriggeredBy: [`${appClient.terraformResourceType}.${appClient.friendlyUniqueId}.id`],
      },
    });
  }
}
