import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SecretClients } from '../frame/target.ts';

/** Creates the clients of a local Cognito, which answers for both services. */
export function createLocalSecretClients(config: {
  readonly region: string;
  readonly endpoint: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}): SecretClients {
  return {
    cognito: new CognitoIdentityProviderClient(config),
    secretsManager: new SecretsManagerClient(config),
  };
}
