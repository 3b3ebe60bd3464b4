import {
  CognitoIdentityProviderClient,
  CreateResourceServerCommand,
  CreateUserPoolClientCommand,
  CreateUserPoolCommand,
  CreateUserPoolDomainCommand,
  DeleteResourceServerCommand,
  DeleteUserPoolClientCommand,
  DeleteUserPoolCommand,
  DeleteUserPoolDomainCommand,
  DescribeResourceServerCommand,
  DescribeUserPoolClientCommand,
  DescribeUserPoolCommand,
  DescribeUserPoolDomainCommand,
  ListTagsForResourceCommand,
  ListUserPoolsCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateResourceServerCommand,
  UpdateUserPoolClientCommand,
  UpdateUserPoolCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startLocalCognito } from '../start-local-cognito.ts';
import type { LocalCognito } from '../start-options.ts';

let cognito: LocalCognito;
let api: CognitoIdentityProviderClient;
beforeAll(async () => {
  cognito = await startLocalCognito({ pools: {}, trigger: addTier });
  api = new CognitoIdentityProviderClient({
    endpoint: cognito.url,
    region: cognito.region,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
});
afterAll(async () => {
  api.destroy();
  await cognito.close();
});

function addTier(event: object) {
  const accessTokenGeneration = { claimsToAddOrOverride: { tier: 'gold' } };
  return { ...event, response: { claimsAndScopeOverrideDetails: { accessTokenGeneration } } };
}

const V3 = {
  PreTokenGenerationConfig: { LambdaArn: 'arn:aws:lambda:x:1:function:f', LambdaVersion: 'V3_0' },
} as const;

async function createPool(PoolName = 'notes', LambdaConfig = {}): Promise<string> {
  const { UserPool } = await api.send(new CreateUserPoolCommand({ PoolName, LambdaConfig }));
  const UserPoolId = UserPool?.Id ?? '';
  const Scopes = [
    { ScopeName: 'read', ScopeDescription: 'Read' },
    { ScopeName: 'write', ScopeDescription: 'Write' },
  ];
  const server = { UserPoolId, Identifier: 'https://notes.example', Name: 'Notes', Scopes };
  await api.send(new CreateResourceServerCommand(server));
  return UserPoolId;
}

const SCOPE = 'https://notes.example/read';
const MACHINE = {
  ClientName: 'worker',
  GenerateSecret: true,
  AllowedOAuthFlows: ['client_credentials'],
  AllowedOAuthFlowsUserPoolClient: true,
  AllowedOAuthScopes: [SCOPE],
} as const;

async function createClient(UserPoolId: string, more: object = {}) {
  const input = { ...MACHINE, UserPoolId, ...more };
  const { UserPoolClient } = await api.send(
    new CreateUserPoolClientCommand({
      ...input,
      AllowedOAuthFlows: ['client_credentials'],
      AllowedOAuthScopes: [SCOPE],
    }),
  );
  return { ClientId: '', ClientSecret: '', ...UserPoolClient };
}

async function ask(poolId: string, { ClientId, ClientSecret }: Record<string, unknown>) {
  const response = await fetch(`${cognito.url}/${poolId}/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: String(ClientId),
      client_secret: String(ClientSecret),
    }),
  });
  const body = (await response.json()) as Record<string, unknown>;
  const [, payload] = String(body['access_token'] ?? '').split('.');
  return {
    status: response.status,
    body,
    claims: payload ? JSON.parse(Buffer.from(payload, 'base64url').toString()) : {},
  };
}

test('a pool made by the API issues tokens, with the trigger only if it is attached as V3_0', async () => {
  const [plain, old, attached] = [
    await createPool('plain'),
    await createPool('old', {
      PreTokenGenerationConfig: { ...V3.PreTokenGenerationConfig, LambdaVersion: 'V2_0' },
    }),
    await createPool('attached', V3),
  ];

  const tiers = [];
  for (const pool of [plain, old, attached]) {
    tiers.push((await ask(pool, await createClient(pool))).claims['tier']);
  }

  expect(tiers).toEqual([undefined, undefined, 'gold']);
  const { UserPool } = await api.send(new DescribeUserPoolCommand({ UserPoolId: attached }));
  expect(UserPool).toMatchObject({
    Name: 'attached',
    LambdaConfig: V3,
    UserPoolTier: 'ESSENTIALS',
  });
});

test('an update resets what it leaves out, so the trigger comes off', async () => {
  const UserPoolId = await createPool('reset', V3);
  const client = await createClient(UserPoolId);

  await api.send(new UpdateUserPoolCommand({ UserPoolId, UserPoolTags: { team: 'a' } }));

  const { claims } = await ask(UserPoolId, client);
  const { UserPool } = await api.send(new DescribeUserPoolCommand({ UserPoolId }));
  expect(claims['tier']).toBeUndefined();
  expect(UserPool).toMatchObject({ Name: 'reset', LambdaConfig: {}, UserPoolTags: { team: 'a' } });
});

test('the lifetime of a token follows its unit', async () => {
  const UserPoolId = await createPool('lifetimes');
  const seconds = [];
  for (const [AccessTokenValidity, AccessToken] of [
    [301, 'seconds'],
    [5, 'minutes'],
    [2, 'hours'],
    [1, 'days'],
  ]) {
    const units = { AccessTokenValidity, TokenValidityUnits: { AccessToken } };
    const { body } = await ask(UserPoolId, await createClient(UserPoolId, units));
    seconds.push(body['expires_in']);
  }

  expect(seconds).toEqual([301, 300, 7200, 86_400]);
});

test('a client keeps its id and secret when it is updated, and gets no token once it is deleted', async () => {
  const UserPoolId = await createPool('updates');
  const client = await createClient(UserPoolId);
  const ids = { UserPoolId, ClientId: client.ClientId };

  await api.send(
    new UpdateUserPoolClientCommand({
      ...ids,
      AllowedOAuthFlows: ['client_credentials'],
      AllowedOAuthFlowsUserPoolClient: true,
      AllowedOAuthScopes: ['https://notes.example/write'],
    }),
  );
  const { claims } = await ask(UserPoolId, client);
  const { UserPoolClient } = await api.send(new DescribeUserPoolClientCommand(ids));
  await api.send(new DeleteUserPoolClientCommand(ids));

  expect(claims['scope']).toBe('https://notes.example/write');
  expect(UserPoolClient).toMatchObject({ ClientName: 'worker', ClientSecret: client.ClientSecret });
  expect((await ask(UserPoolId, client)).body).toEqual({ error: 'invalid_client' });
});

test('a client whose flows an update left out may not use the grant', async () => {
  const UserPoolId = await createPool('flows');
  const client = await createClient(UserPoolId);

  await api.send(new UpdateUserPoolClientCommand({ UserPoolId, ClientId: client.ClientId }));

  expect((await ask(UserPoolId, client)).body).toEqual({ error: 'unauthorized_client' });
});

test.each([
  ['without a secret', { GenerateSecret: false }, 'InvalidOAuthFlowException'],
  [
    'with another flow',
    { AllowedOAuthFlows: ['client_credentials', 'code'] },
    'InvalidOAuthFlowException',
  ],
  ['with an unknown scope', { AllowedOAuthScopes: ['notes/none'] }, 'ScopeDoesNotExistException'],
  [
    'with an unknown unit',
    { TokenValidityUnits: { AccessToken: 'weeks' } },
    'InvalidParameterException',
  ],
])('a client %s is refused', async (_name, more, name) => {
  const UserPoolId = await createPool('refusals');
  const input = {
    ...MACHINE,
    AllowedOAuthFlows: ['client_credentials'],
    AllowedOAuthScopes: [SCOPE],
    UserPoolId,
    ...more,
  };

  const creating = api.send(
    new CreateUserPoolClientCommand(
      input as ConstructorParameters<typeof CreateUserPoolClientCommand>[0],
    ),
  );

  await expect(creating).rejects.toMatchObject({ name });
});

test('a domain belongs to one pool, and a pool with a domain stays', async () => {
  const [UserPoolId, other] = [await createPool('first'), await createPool('second')];
  const Domain = 'acme-notes';
  await api.send(new CreateUserPoolDomainCommand({ UserPoolId, Domain }));

  const { DomainDescription } = await api.send(new DescribeUserPoolDomainCommand({ Domain }));
  const taken = api.send(new CreateUserPoolDomainCommand({ UserPoolId: other, Domain }));
  await expect(taken).rejects.toMatchObject({ name: 'InvalidParameterException' });
  const deleting = api.send(new DeleteUserPoolCommand({ UserPoolId }));
  await expect(deleting).rejects.toMatchObject({ name: 'InvalidParameterException' });
  await api.send(new DeleteUserPoolDomainCommand({ UserPoolId, Domain }));
  await api.send(new DeleteUserPoolCommand({ UserPoolId }));

  expect(DomainDescription).toMatchObject({ UserPoolId, Status: 'ACTIVE' });
  await expect(api.send(new DescribeUserPoolCommand({ UserPoolId }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
});

test('a protected pool stays', async () => {
  const { UserPool } = await api.send(
    new CreateUserPoolCommand({ PoolName: 'kept', DeletionProtection: 'ACTIVE' }),
  );

  const deleting = api.send(new DeleteUserPoolCommand({ UserPoolId: UserPool?.Id }));

  await expect(deleting).rejects.toMatchObject({ name: 'InvalidParameterException' });
});

test('a resource server can be changed and deleted', async () => {
  const UserPoolId = await createPool('servers');
  const ids = { UserPoolId, Identifier: 'https://notes.example' };

  const Scopes = [{ ScopeName: 'admin', ScopeDescription: 'Admin' }];
  await api.send(new UpdateResourceServerCommand({ ...ids, Name: 'Notes 2', Scopes }));
  const { ResourceServer } = await api.send(new DescribeResourceServerCommand(ids));
  await api.send(new DeleteResourceServerCommand(ids));

  expect(ResourceServer).toEqual({ ...ids, Name: 'Notes 2', Scopes });
  await expect(api.send(new DescribeResourceServerCommand(ids))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
});

test('tags are added and removed', async () => {
  const { UserPool } = await api.send(
    new CreateUserPoolCommand({ PoolName: 'tagged', UserPoolTags: { a: '1' } }),
  );
  const ResourceArn = UserPool?.Arn;

  await api.send(new TagResourceCommand({ ResourceArn, Tags: { b: '2' } }));
  await api.send(new UntagResourceCommand({ ResourceArn, TagKeys: ['a'] }));

  const { Tags } = await api.send(new ListTagsForResourceCommand({ ResourceArn }));
  expect(Tags).toEqual({ b: '2' });
});

test('pools are listed by page', async () => {
  await createPool('page-1');
  await createPool('page-2');

  const names: (string | undefined)[] = [];
  let NextToken: string | undefined;
  do {
    const page = await api.send(new ListUserPoolsCommand({ MaxResults: 2, NextToken }));
    names.push(...(page.UserPools ?? []).map(({ Name }) => Name));
    NextToken = page.NextToken;
  } while (NextToken !== undefined);

  expect(names).toEqual(expect.arrayContaining(['page-1', 'page-2']));
  expect(new Set(names).size).toBeGreaterThan(2);
});
