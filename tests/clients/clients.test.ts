import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import {
  AddUserPoolClientSecretCommand,
  CognitoIdentityProviderClient,
  GetClientTokenCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { loadEnvironment } from '@cognito-m2m/environment';
import { FIXTURE_ENVIRONMENTS } from '@cognito-m2m/environment/fixtures';
import {
  type LocalEnvironment,
  startLocalEnvironment,
} from '@cognito-m2m/local-cognito/environment';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CognitoJwtVerifier } from 'aws-jwt-verify';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import * as openidClient from 'openid-client';
import { ClientCredentials } from 'simple-oauth2';
import { requestToken } from '../support/token.ts';

/** Clients that other people wrote, as they are, against local Cognito with the production trigger. */
let local: LocalEnvironment;
let awsShaped: LocalEnvironment;
beforeAll(async () => {
  const environment = await loadEnvironment('local', { contract, directory: FIXTURE_ENVIRONMENTS });
  local = await startLocalEnvironment({ environment, allowsClientTokenAuth: true });
  awsShaped = await startLocalEnvironment({ environment, behaviour: { issuerFormat: 'aws' } });
});
afterAll(() => Promise.all([local.close(), awsShaped.close()]));

const CLAIMS = {
  'custom:organization_id': '12345',
  'custom:role': 'admin',
  tier: 'premium',
};

describe('a token', () => {
  test('a token comes by curl, the credentials in the body', async () => {
    const { pool, client } = firstOf(local);
    const data = `grant_type=client_credentials&client_id=${client.clientId}&client_secret=${client.clientSecret}`;
    const type = 'Content-Type: application/x-www-form-urlencoded';

    const answer = await curl(['-X', 'POST', '-H', type, '-d', data, pool.tokenEndpoint]);

    await expectClaims(answer.access_token);
  });

  test('a token comes by curl, the credentials in the header', async () => {
    const { pool, client } = firstOf(local);
    const user = `${client.clientId}:${client.clientSecret}`;

    const answer = await curl([
      '-u',
      user,
      '-d',
      'grant_type=client_credentials',
      pool.tokenEndpoint,
    ]);

    await expectClaims(answer.access_token);
  });

  test.each([
    ['in the header', openidClient.ClientSecretBasic],
    ['in the body', openidClient.ClientSecretPost],
  ])(
    'a token comes by openid-client after discovery, the credentials %s',
    async (_name, method) => {
      const { pool, client } = firstOf(local);
      const config = await discover(pool.issuer, client.clientId, method(client.clientSecret));

      const answer = await openidClient.clientCredentialsGrant(config, { scope: 'orders/write' });

      expect(answer).toMatchObject({ token_type: 'bearer', expires_in: 1800 });
      await expectClaims(answer.access_token);
    },
  );

  test.each(['header', 'body'] as const)(
    'a token comes by simple-oauth2, the credentials in the %s',
    async (authorizationMethod) => {
      const { pool, client } = firstOf(local);
      const { origin, pathname } = new URL(pool.tokenEndpoint);
      const oauth = new ClientCredentials({
        client: { id: client.clientId, secret: client.clientSecret },
        auth: { tokenHost: origin, tokenPath: pathname },
        options: { authorizationMethod },
      });

      const { token } = await oauth.getToken({});

      await expectClaims(token.access_token);
    },
  );

  test('a token comes by the AWS SDK', async () => {
    const { client } = firstOf(local);
    const sdk = createSdk();
    const command = new GetClientTokenCommand({
      ClientId: client.clientId,
      Secret: client.clientSecret,
    });

    const { ClientAuthenticationResult: result } = await sdk.send(command);

    sdk.destroy();
    await expectClaims(result?.AccessToken ?? '');
  });
});

describe('a secret that URL-encoding changes', () => {
  const secret = 'chosen+by_the+caller_0123';
  beforeAll(async () => {
    const { pool, client } = firstOf(local);
    const sdk = createSdk();
    const ids = { UserPoolId: pool.userPoolId, ClientId: client.clientId };
    await sdk.send(new AddUserPoolClientSecretCommand({ ...ids, ClientSecret: secret }));
    sdk.destroy();
  });

  test.each([openidClient.ClientSecretBasic, openidClient.ClientSecretPost])(
    'a secret that URL-encoding changes works by openid-client: %p',
    async (method) => {
      const { pool, client } = firstOf(local);
      const config = await discover(pool.issuer, client.clientId, method(secret));

      const answer = await openidClient.clientCredentialsGrant(config);

      await expectClaims(answer.access_token);
    },
  );

  test.each(['header', 'body'] as const)(
    'a secret that URL-encoding changes works by simple-oauth2: in the %s',
    async (authorizationMethod) => {
      const { pool, client } = firstOf(local);
      const { origin, pathname } = new URL(pool.tokenEndpoint);
      const oauth = new ClientCredentials({
        client: { id: client.clientId, secret },
        auth: { tokenHost: origin, tokenPath: pathname },
        options: { authorizationMethod },
      });

      const { token } = await oauth.getToken({});

      await expectClaims(token.access_token);
    },
  );
});

describe('a verifier', () => {
  test('CognitoJwtVerifier takes a token of an AWS-shaped issuer', async () => {
    const { pool, client } = firstOf(awsShaped);
    const { clientId } = client;
    const verifier = CognitoJwtVerifier.create({
      userPoolId: pool.userPoolId,
      tokenUse: 'access',
      clientId,
      scope: 'orders/read',
    });
    const keySet = await (await fetch(pool.jwksUri)).json();
    verifier.cacheJwks(keySet as Parameters<typeof verifier.cacheJwks>[0]);

    const claims = await verifier.verify(await tokenOf(awsShaped));

    expect(claims).toMatchObject(CLAIMS);
  });

  test('jose refuses a token of the other server', async () => {
    const { pool } = firstOf(local);
    const keys = createRemoteJWKSet(new URL(pool.jwksUri));

    const verified = jwtVerify(await tokenOf(awsShaped), keys);

    await expect(verified).rejects.toMatchObject({ code: 'ERR_JWKS_NO_MATCHING_KEY' });
  });
});

/** Verifies with jose over the published key set and compares the claims. */
async function expectClaims(token: string): Promise<void> {
  const { pool, client } = firstOf(local);
  const keys = createRemoteJWKSet(new URL(pool.jwksUri));
  const { payload, protectedHeader } = await jwtVerify(token, keys, { issuer: pool.issuer });
  expect(Object.keys(protectedHeader)).toEqual(['kid', 'alg']);
  expect(payload).toMatchObject({ ...CLAIMS, client_id: client.clientId, token_use: 'access' });
}

function discover(issuer: string, clientId: string, authentication: openidClient.ClientAuth) {
  const options = { execute: [openidClient.allowInsecureRequests] };
  return openidClient.discovery(new URL(issuer), clientId, undefined, authentication, options);
}

function createSdk(): CognitoIdentityProviderClient {
  const { url: endpoint, region } = local;
  // Nothing checks them; the SDK wants some all the same.
  const credentials = { accessKeyId: 'any', secretAccessKey: 'any' };
  return new CognitoIdentityProviderClient({ endpoint, region, credentials });
}

async function curl(args: readonly string[]): Promise<{ access_token: string }> {
  const { stdout } = await promisify(execFile)('curl', ['--silent', '--show-error', ...args]);
  return JSON.parse(stdout);
}

async function tokenOf(server: LocalEnvironment): Promise<string> {
  const { pool, client } = firstOf(server);
  return (await requestToken({ ...client, pool })).access_token ?? '';
}

function firstOf({ pools }: LocalEnvironment) {
  const pool = pools[0];
  const client = pool?.clients[0];
  if (pool && client) return { pool, client };
  throw new Error('The environment is empty.');
}
