import {
  AddUserPoolClientSecretCommand,
  CognitoIdentityProviderClient,
  CreateResourceServerCommand,
  CreateUserPoolCommand,
  DescribeUserPoolClientCommand,
  ListUserPoolClientsCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { afterEach, describe, expect, test } from '@jest/globals';
import { startLocalCognito } from '../start-local-cognito.ts';
import type { LocalCognito, LocalPool, PoolOptions } from '../start-options.ts';

let cognito: LocalCognito;
afterEach(() => cognito.close());

async function start(registration?: PoolOptions['registration'], more: Partial<PoolOptions> = {}) {
  cognito = await startLocalCognito({
    pools: {
      notes: {
        clients: {
          registrar: { scopes: ['aws.cognito/dcr/register'] },
          worker: { scopes: ['notes/read', 'notes/write'] },
        },
        ...(registration && { registration }),
        ...more,
      },
    },
  });
}

const MACHINE = { grant_types: ['client_credentials'], client_name: 'agent' };

function poolOf(): LocalPool {
  const [pool] = cognito.pools;
  if (pool === undefined) throw new Error('There is no pool.');
  return pool;
}

async function register(body: object | string, token?: string, path = '/notes/oauth2/register') {
  const response = await fetch(`${cognito.url}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token && { authorization: `Bearer ${token}` }),
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function ask(client: { clientId: string; clientSecret: string }, scope?: string) {
  const response = await fetch(poolOf().tokenEndpoint, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: client.clientId,
      client_secret: client.clientSecret,
      ...(scope && { scope }),
    }),
  });
  return (await response.json()) as { access_token?: string; error?: string };
}

async function tokenOf(name: 'registrar' | 'worker'): Promise<string> {
  const client = poolOf().clients.find((known) => known.name === name);
  if (client === undefined) throw new Error('There is no such client.');
  return (await ask(client)).access_token ?? '';
}

async function readDiscovery() {
  const { issuer } = poolOf();
  return (await fetch(`${issuer}/.well-known/openid-configuration`)).json();
}

describe('registration', () => {
  test('registration is off by default: no address, and none in the discovery document', async () => {
    await start();

    expect((await register(MACHINE)).status).toBe(404);
    expect((await register(MACHINE, await tokenOf('registrar'))).status).toBe(404);
    expect(await readDiscovery()).not.toHaveProperty('registration_endpoint');
  });

  test('registration is off in a pool with the plan LITE', async () => {
    await start({ open: true }, { plan: 'LITE' });

    expect((await register(MACHINE)).status).toBe(404);
  });

  test('registration with a token makes a client that gets tokens with the allowed scopes', async () => {
    await start({ allowedScopes: ['notes/read'] });

    const { status, body } = await register(MACHINE, await tokenOf('registrar'));
    const client = {
      clientId: String(body['client_id']),
      clientSecret: String(body['client_secret']),
    };
    const { access_token = '' } = await ask(client);

    expect(status).toBe(201);
    expect(body).toMatchObject({
      client_name: 'agent',
      client_secret_expires_at: 0,
      grant_types: ['client_credentials'],
      scope: 'notes/read',
      token_endpoint_auth_method: 'client_secret_basic',
    });
    expect(
      JSON.parse(Buffer.from(access_token.split('.')[1] ?? '', 'base64url').toString()),
    ).toMatchObject({ client_id: client.clientId, scope: 'notes/read' });
    expect(await ask(client, 'notes/write')).toEqual({ error: 'invalid_scope' });
    expect(await readDiscovery()).toMatchObject({
      registration_endpoint: expect.stringMatching(/\/oauth2\/register$/),
    });
  });

  test.each([
    ['no token', async () => undefined],
    ['a token without the scope', () => tokenOf('worker')],
    ['a token that was changed', async () => `${await tokenOf('registrar')}A`.replace('.e', '.f')],
    ['no JWT', async () => 'x'],
    ['a JWT of nobody', async () => `${Buffer.from('{"kid":"x"}').toString('base64url')}.e30.AA`],
  ])('registration is refused with %s', async (_name, makeToken) => {
    await start({});

    const { status, body } = await register(MACHINE, await makeToken());

    expect({ status, body }).toEqual({ status: 401, body: { error: 'invalid_token' } });
  });

  test('registration is refused with a token that has expired', async () => {
    await start({});
    const token = await tokenOf('registrar');
    cognito.clock.advance('61m');

    expect((await register(MACHINE, token)).status).toBe(401);
  });

  test('registration without a token makes users’ clients only, unless the pool says otherwise', async () => {
    const user = {
      redirect_uris: ['https://agent.example/cb'],
      token_endpoint_auth_method: 'none',
    };
    await start({ open: true });
    const [machine, web] = [await register(MACHINE), await register(user)];
    await cognito.close();
    await start({ open: true, openGrantTypes: ['client_credentials'] });
    const allowed = await register(MACHINE, undefined, '/oauth2/register');

    expect(machine).toMatchObject({ status: 400, body: { error: 'invalid_client_metadata' } });
    expect(web).toMatchObject({ status: 201, body: { grant_types: ['authorization_code'] } });
    expect(web.body).not.toHaveProperty('client_secret');
    expect(allowed.status).toBe(201);
  });

  test.each([
    ['no JSON', 'x', 'invalid_client_metadata'],
    ['an unknown grant', { grant_types: ['password'] }, 'invalid_client_metadata'],
    ['no grant', { grant_types: [] }, 'invalid_client_metadata'],
    [
      'a machine without a secret',
      { ...MACHINE, token_endpoint_auth_method: 'none' },
      'invalid_client_metadata',
    ],
    [
      'a machine that is a user too',
      { grant_types: ['client_credentials', 'authorization_code'] },
      'invalid_client_metadata',
    ],
    [
      'a scope that is not allowed',
      { ...MACHINE, scope: 'notes/write' },
      'invalid_client_metadata',
    ],
    [
      'a name that AWS does not allow',
      { ...MACHINE, client_name: 'agent (1)' },
      'invalid_client_metadata',
    ],
    ['no address to return to', {}, 'invalid_redirect_uri'],
    ['an address that is none', { redirect_uris: ['here'] }, 'invalid_redirect_uri'],
  ])('registration refuses %s', async (_name, metadata, error) => {
    await start({ allowedScopes: ['notes/read'] });

    const { status, body } = await register(metadata, await tokenOf('registrar'));

    expect(status).toBe(400);
    expect(body).toMatchObject({ error, error_description: expect.any(String) });
  });
});

describe('a registered client', () => {
  test('a registered client is described as one, and its secret cannot be managed', async () => {
    await start({});
    const { body } = await register(MACHINE, await tokenOf('registrar'));
    const sdk = createSdk();
    const ids = { UserPoolId: poolOf().userPoolId, ClientId: String(body['client_id']) };

    const { UserPoolClient } = await sdk.send(new DescribeUserPoolClientCommand(ids));
    const { UserPoolId } = ids;
    const listed = await sdk.send(
      new ListUserPoolClientsCommand({ UserPoolId, ClientType: 'DCR' }),
    );
    const regular = await sdk.send(
      new ListUserPoolClientsCommand({ UserPoolId, ClientType: 'REGULAR' }),
    );

    expect(UserPoolClient?.ClientType).toBe('DCR');
    expect(listed.UserPoolClients?.map(({ ClientName }) => ClientName)).toEqual(['agent']);
    expect(regular.UserPoolClients).toHaveLength(2);
    await expect(sdk.send(new AddUserPoolClientSecretCommand(ids))).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
  });
});

test('a pool that the API makes with a DcrConfiguration lets clients register', async () => {
  await start();
  const sdk = createSdk();

  const { UserPool } = await sdk.send(
    new CreateUserPoolCommand({
      PoolName: 'agents',
      DcrConfiguration: { OpenDcrEnabled: true, OpenDcrGrantTypes: ['client_credentials'] },
    }),
  );

  expect(UserPool?.DcrConfiguration).toMatchObject({ OpenDcrEnabled: true });
  expect(await register(MACHINE, undefined, `/${UserPool?.Id}/oauth2/register`)).toMatchObject({
    status: 201,
  });
});

test('a resource server whose identifier belongs to Amazon Cognito is refused', async () => {
  await start();
  const sdk = createSdk();
  const input = { UserPoolId: poolOf().userPoolId, Identifier: 'aws.cognito/dcr', Name: 'Mine' };

  await expect(sdk.send(new CreateResourceServerCommand(input))).rejects.toMatchObject({
    name: 'InvalidParameterException',
  });
});

function createSdk(): CognitoIdentityProviderClient {
  const { url: endpoint, region } = cognito;
  const credentials = { accessKeyId: 'any', secretAccessKey: 'any' };
  return new CognitoIdentityProviderClient({ endpoint, region, credentials });
}
