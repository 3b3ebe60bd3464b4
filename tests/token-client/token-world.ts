import { randomUUID } from 'node:crypto';
import {
  AddUserPoolClientSecretCommand,
  CognitoIdentityProviderClient,
  DeleteUserPoolClientSecretCommand,
  ListUserPoolClientSecretsCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { SecretsManager } from '@aws-sdk/client-secrets-manager';
import { secretName } from '@cognito-m2m/environment/names';
import {
  type LocalEnvironment,
  startLocalEnvironment,
} from '@cognito-m2m/local-cognito/environment';
import {
  createTokenClient,
  secretsManagerCredentials,
  type TokenClient,
  type TokenClientOptions,
} from '@cognito-m2m/token-client';
import { type FoundClient, findClient } from '../support/token.ts';
import { tokenEnvironment } from './token-environment.ts';

/** Local Cognito with the production trigger, and clocks that tests move for the server and its callers alike. */
export interface TokenWorld {
  readonly cognito: LocalEnvironment;
  clientOf(name: 'worker' | 'portal'): FoundClient;
  /** A token client as a service creates it, with the secret out of AWS Secrets Manager. */
  createTokens(name: 'worker' | 'portal', options?: Partial<TokenClientOptions>): TokenClient;
  /** How many tokens were issued. */
  issued(): number;
  /** The time of the server and of its callers, in milliseconds since 1970. */
  now(): number;
  /** Moves the clocks of everything on. */
  advance(seconds: number): void;
  /** Replaces a client's secret at once, as `m2m rotate --retire-now`. */
  rotate(name: 'worker' | 'portal'): Promise<void>;
  close(): Promise<void>;
}

const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };

/** Starts the world. */
export async function startTokenWorld(): Promise<TokenWorld> {
  const startMs = Date.now();
  let aheadMs = 0;
  let issued = 0;
  // Stands still between two moves, however slow the machine is.
  const clock = () => startMs + aheadMs;
  const cognito = await startLocalEnvironment({
    environment: tokenEnvironment,
    clock,
    allowsClientTokenAuth: true,
    logger: {
      onRequest({ status }) {
        if (status === 200) issued++;
      },
    },
  });
  const config = { region: cognito.region, endpoint: cognito.url, credentials };
  const client = new SecretsManager(config);
  const pools = new CognitoIdentityProviderClient(config);
  const secretId = (name: string) => secretName(tokenEnvironment.name, 'payments', name);
  return {
    cognito,
    clientOf: (name) => findClient(cognito, 'payments', name),
    createTokens: (name, options) =>
      createTokenClient({
        endpoint: { tokenEndpoint: findClient(cognito, 'payments', name).pool.tokenEndpoint },
        credentials: secretsManagerCredentials({ client, secretId: secretId(name) }),
        time: { now: clock, monotonic: () => aheadMs },
        ...options,
      }),
    issued: () => issued,
    now: clock,
    advance(seconds) {
      aheadMs += seconds * 1_000;
    },
    async rotate(name) {
      const { clientId: ClientId, pool } = findClient(cognito, 'payments', name);
      const ids = { UserPoolId: pool.userPoolId, ClientId };
      const { ClientSecrets = [] } = await pools.send(new ListUserPoolClientSecretsCommand(ids));
      const added = await pools.send(new AddUserPoolClientSecretCommand(ids));
      const { ClientSecretValue: client_secret } = added.ClientSecretDescriptor ?? {};
      await client.putSecretValue({
        SecretId: secretId(name),
        ClientRequestToken: randomUUID(),
        SecretString: JSON.stringify({ client_id: ClientId, client_secret }),
      });
      for (const { ClientSecretId } of ClientSecrets) {
        await pools.send(new DeleteUserPoolClientSecretCommand({ ...ids, ClientSecretId }));
      }
    },
    async close() {
      client.destroy();
      pools.destroy();
      await cognito.close();
    },
  };
}
