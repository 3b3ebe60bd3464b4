import {
  AddUserPoolClientSecretCommand,
  CognitoIdentityProviderClient,
  DeleteUserPoolClientSecretCommand,
  ListUserPoolClientSecretsCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import type { LocalAws } from '../support/local-aws.ts';

/** Leaves behind what a whole rotation leaves: another current version, and the only secret of the app client replaced. */
export async function rotateSecret(
  { clientOptions }: LocalAws,
  names: { readonly secretName: string; readonly userPoolId: string; readonly secret: string },
): Promise<void> {
  const manager = new SecretsManagerClient(clientOptions);
  const cognito = new CognitoIdentityProviderClient(clientOptions);
  const SecretId = names.secretName;
  const current = await manager.send(new GetSecretValueCommand({ SecretId }));
  const fields = JSON.parse(current.SecretString ?? '');
  const staged = await manager.send(
    new PutSecretValueCommand({
      SecretId,
      SecretString: JSON.stringify({ ...fields, client_secret: names.secret }),
      VersionStages: ['AWSPENDING'],
    }),
  );
  const client = { UserPoolId: names.userPoolId, ClientId: fields.client_id };
  const { ClientSecrets = [] } = await cognito.send(new ListUserPoolClientSecretsCommand(client));
  await cognito.send(new AddUserPoolClientSecretCommand({ ...client, ClientSecret: names.secret }));
  const move = { SecretId, VersionStage: 'AWSCURRENT', RemoveFromVersionId: current.VersionId };
  await manager.send(
    new UpdateSecretVersionStageCommand({ ...move, MoveToVersionId: staged.VersionId }),
  );
  const ClientSecretId = ClientSecrets[0]?.ClientSecretId;
  await cognito.send(new DeleteUserPoolClientSecretCommand({ ...client, ClientSecretId }));
}
