import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import {
  DescribeUserPoolClientCommand,
  ListUserPoolClientSecretsCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import {
  GetSecretValueCommand,
  ListSecretVersionIdsCommand,
} from '@aws-sdk/client-secrets-manager';
import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { validateEnvironment } from '@cognito-m2m/environment';
import { startLocalEnvironment } from '@cognito-m2m/local-cognito/environment';
import { startServer } from '../support/server.ts';
import { findClient } from '../support/token.ts';
import type { Addresses } from './addresses.ts';
import { type DeployedWorld, deployedEnvironment } from './deployed-world.ts';

/** A token endpoint that takes whichever secrets the deployed client has at the moment. */
export interface RotatingEndpoint {
  readonly addresses: Addresses;
  close(): Promise<void>;
}

/** Starts it. @param SecretId - The entry of the client in Secrets Manager. */
export async function startRotatingEndpoint(
  world: DeployedWorld,
  SecretId: string,
): Promise<RotatingEndpoint> {
  // It has read the secret once and signs for it from then on; which secret the caller has is decided before it.
  const cognito = await startLocalEnvironment({
    environment: validateEnvironment(contract, deployedEnvironment()),
    endpointUrl: world.aws.endpointUrl,
  });
  const client = findClient(cognito, 'payments', 'billing-worker');
  const { pool } = client;
  const first = toBasic(client.clientId, client.clientSecret);
  const server = await startServer(async (request, response) => {
    const known = await readKnownSecrets(world, client.clientId, SecretId);
    const isKnown = known.some(
      (secret) => request.headers.authorization === toBasic(client.clientId, secret),
    );
    if (!isKnown) {
      response.writeHead(400).end('{"error":"invalid_client"}');
      return;
    }
    const answer = await ask(pool.tokenEndpoint, request, first);
    response.writeHead(answer.status).end(await answer.text());
  });
  const url = `${server.url}/oauth2/token`;
  return {
    addresses: { issuer: pool.issuer, 'token-endpoint': url },
    async close() {
      await server.close();
      await cognito.close();
    },
  };
}

/** The values that the pool takes: of its secrets it shows the oldest, and any other one is in Secrets Manager. */
async function readKnownSecrets(
  { cognito, secretsManager, userPoolId }: DeployedWorld,
  ClientId: string,
  SecretId: string,
): Promise<string[]> {
  const key = { UserPoolId: userPoolId, ClientId };
  const { UserPoolClient } = await cognito.send(new DescribeUserPoolClientCommand(key));
  const oldest = UserPoolClient?.ClientSecret ?? '';
  const { ClientSecrets = [] } = await cognito.send(new ListUserPoolClientSecretsCommand(key));
  if (ClientSecrets.length < 2) return [oldest];
  const { Versions = [] } = await secretsManager.send(
    new ListSecretVersionIdsCommand({ SecretId }),
  );
  const stored = await Promise.all(
    Versions.map(async ({ VersionId }) => {
      const get = new GetSecretValueCommand({ SecretId, VersionId });
      const { SecretString = '{}' } = await secretsManager.send(get);
      return String(JSON.parse(SecretString).client_secret);
    }),
  );
  return [oldest, ...stored];
}

async function ask(url: string, request: IncomingMessage, authorization: string) {
  const body = new URLSearchParams(await text(request));
  return fetch(url, { method: 'POST', body, headers: { authorization } });
}

function toBasic(clientId: string, secret: string): string {
  return `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}`;
}
