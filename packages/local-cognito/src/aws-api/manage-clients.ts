import { z } from 'zod';
import { AwsError } from '../model/aws-error.ts';
import { withoutUndefined } from '../model/without-undefined.ts';
import type { UserPool } from '../pools/user-pool.ts';
import { createClientId } from '../state/local-state.ts';
import {
  type ClientDefinition,
  DEPLOYED_AUTH_FLOWS,
  defineClient,
  REGISTRATION_SCOPE,
  type ResourceServerDefinition,
} from '../state/pool-definition.ts';
import { toPage, toUserPoolClient } from './describe-pools.ts';
import { changePool } from './manage-pools.ts';
import { defineOperation, requireClient, requirePool } from './operation.ts';

/** Identifiers that begin so belong to Amazon Cognito. */
const SYSTEM_PREFIX = 'aws.cognito';

const flow = z.enum(['code', 'implicit', 'client_credentials']);
const unit = z.enum(['seconds', 'minutes', 'hours', 'days']);

/** What a client may be created and updated with; other members are kept and returned as they are. */
const settings = z.looseObject({
  UserPoolId: z.string().min(1),
  AllowedOAuthFlows: z.array(flow).optional(),
  AllowedOAuthFlowsUserPoolClient: z.boolean().optional(),
  AllowedOAuthScopes: z.array(z.string().min(1)).max(50).optional(),
  ExplicitAuthFlows: z.array(z.string()).optional(),
  AccessTokenValidity: z.int().min(0).max(86_400).optional(),
  TokenValidityUnits: z.looseObject({ AccessToken: unit.optional() }).optional(),
});

/** Creates a client; its secret is in the answer. */
const createUserPoolClient = defineOperation(
  settings.extend({
    ClientName: z.string().min(1).max(128),
    GenerateSecret: z.boolean().optional(),
  }),
  async (core, { ClientName, GenerateSecret = false, ...given }) => {
    const pool = requirePool(core, given.UserPoolId);
    const clientId = createClientId();
    const client = defineClient({
      key: clientId,
      clientId,
      clientSecret: GenerateSecret ? undefined : null,
      name: ClientName,
      ...toSettings(pool, given, GenerateSecret),
    });
    await changePool(core, pool.userPoolId, (known) => ({
      ...known,
      clients: [...known.clients, client],
    }));
    return describe(core, pool.userPoolId, clientId);
  },
);

/**
 * Updates a client: what is left out gets its default again, as on AWS.
 *
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UpdateUserPoolClient.html
 */
const updateUserPoolClient = defineOperation(
  settings.extend({ ClientId: z.string().min(1), ClientName: z.string().min(1).optional() }),
  async (core, { ClientId, ClientName, ...given }) => {
    const pool = requirePool(core, given.UserPoolId);
    const before = requireClient(core, pool, ClientId);
    const changed = toSettings(pool, given, before.clientSecret !== null);
    await changeClient(core, pool, before, (client) => ({
      ...client,
      ...changed,
      name: ClientName ?? client.name,
    }));
    return describe(core, pool.userPoolId, ClientId);
  },
);

/** Deletes a client. */
const deleteUserPoolClient = defineOperation(
  z.object({ UserPoolId: z.string().min(1), ClientId: z.string().min(1) }),
  async (core, { UserPoolId, ClientId }) => {
    const pool = requirePool(core, UserPoolId);
    const { key } = requireClient(core, pool, ClientId);
    await changePool(core, UserPoolId, (known) => ({
      ...known,
      clients: known.clients.filter((client) => client.key !== key),
    }));
    return {};
  },
);

const serverInput = z.object({
  UserPoolId: z.string().min(1),
  Identifier: z.string().min(1).max(256),
});
const serverSettings = serverInput.extend({
  Name: z.string().min(1).max(256),
  Scopes: z
    .array(z.object({ ScopeName: z.string().min(1).max(256), ScopeDescription: z.string().min(1) }))
    .max(100)
    .optional(),
});

/** Creates a resource server. */
const createResourceServer = defineOperation(serverSettings, async (core, input) => {
  const server = toServer(input);
  if (server.identifier.startsWith(SYSTEM_PREFIX)) {
    const message = `The identifier ${server.identifier} is reserved.`;
    throw new AwsError('InvalidParameterException', message);
  }
  await changePool(core, input.UserPoolId, (pool) => {
    if (pool.resourceServers.some(({ identifier }) => identifier === server.identifier)) {
      const message = `${server.identifier} already exists in user pool ${input.UserPoolId}.`;
      throw new AwsError('InvalidParameterException', message);
    }
    return { ...pool, resourceServers: [...pool.resourceServers, server] };
  });
  return { ResourceServer: describeServer(input.UserPoolId, server) };
});

/** Replaces the name and the scopes of a resource server. */
const updateResourceServer = defineOperation(serverSettings, async (core, input) => {
  requireServer(requirePool(core, input.UserPoolId), input.Identifier);
  const server = toServer(input);
  await changePool(core, input.UserPoolId, (pool) => ({
    ...pool,
    resourceServers: pool.resourceServers.map((known) =>
      known.identifier === server.identifier ? server : known,
    ),
  }));
  return { ResourceServer: describeServer(input.UserPoolId, server) };
});

/** Describes a resource server. */
const describeResourceServer = defineOperation(serverInput, (core, { UserPoolId, Identifier }) => {
  const server = requireServer(requirePool(core, UserPoolId), Identifier);
  return { ResourceServer: describeServer(UserPoolId, server) };
});

/** Lists the resource servers of a pool by page. */
const listResourceServers = defineOperation(
  z.object({
    UserPoolId: z.string().min(1),
    MaxResults: z.int().min(1).max(50).optional(),
    NextToken: z.string().optional(),
  }),
  (core, { UserPoolId, MaxResults = 50, NextToken }) => {
    const { resourceServers } = requirePool(core, UserPoolId);
    const { items, ...rest } = toPage(resourceServers, MaxResults, NextToken);
    return { ResourceServers: items.map((server) => describeServer(UserPoolId, server)), ...rest };
  },
);

/** Deletes a resource server. */
const deleteResourceServer = defineOperation(
  serverInput,
  async (core, { UserPoolId, Identifier }) => {
    requireServer(requirePool(core, UserPoolId), Identifier);
    await changePool(core, UserPoolId, (pool) => ({
      ...pool,
      resourceServers: pool.resourceServers.filter(({ identifier }) => identifier !== Identifier),
    }));
    return {};
  },
);

function describe(core: Parameters<typeof requirePool>[0], userPoolId: string, clientId: string) {
  const pool = requirePool(core, userPoolId);
  return { UserPoolClient: toUserPoolClient(core, pool, requireClient(core, pool, clientId)) };
}

async function changeClient(
  core: Parameters<typeof requirePool>[0],
  { userPoolId }: UserPool,
  { key }: ClientDefinition,
  change: (client: ClientDefinition) => ClientDefinition,
): Promise<void> {
  await changePool(core, userPoolId, (pool) => ({
    ...pool,
    clients: pool.clients.map((client) => (client.key === key ? change(client) : client)),
  }));
}

const MINUTES_PER_UNIT = { seconds: 1 / 60, minutes: 1, hours: 60, days: 1440 } as const;

function toSettings(pool: UserPool, given: z.output<typeof settings>, hasSecret: boolean) {
  const { UserPoolId: _pool, AllowedOAuthFlows = [], AllowedOAuthScopes = [], ...rest } = given;
  const { ExplicitAuthFlows, AllowedOAuthFlowsUserPoolClient = false, ...members } = rest;
  checkFlows(AllowedOAuthFlows, hasSecret);
  checkScopes(pool, AllowedOAuthScopes);
  const validity = members.AccessTokenValidity || 1;
  const perUnit = MINUTES_PER_UNIT[members.TokenValidityUnits?.AccessToken ?? 'hours'];
  return {
    scopes: AllowedOAuthScopes,
    flows: AllowedOAuthFlowsUserPoolClient ? AllowedOAuthFlows : [],
    explicitAuthFlows: ExplicitAuthFlows ?? DEPLOYED_AUTH_FLOWS,
    accessTokenMinutes: validity * perUnit,
    // What nobody gave is not described, apart from what AWS gives a default.
    members: withoutUndefined({ TokenValidityUnits: undefined, ...members }),
  };
}

function checkFlows(flows: readonly string[], hasSecret: boolean): void {
  if (!flows.includes('client_credentials')) return;
  if (!hasSecret) {
    const message =
      'client_credentials flow can not be selected if client does not have a client secret.';
    throw new AwsError('InvalidOAuthFlowException', message);
  }
  if (flows.length > 1) {
    const message =
      'client_credentials flow can not be selected along with code flow or implicit flow.';
    throw new AwsError('InvalidOAuthFlowException', message);
  }
}

/** What a user's client may ask for without a resource server. */
const USER_SCOPES = ['openid', 'email', 'phone', 'profile', 'aws.cognito.signin.user.admin'];

function checkScopes({ resourceServers }: UserPool, scopes: readonly string[]): void {
  const known = new Set([
    ...USER_SCOPES,
    REGISTRATION_SCOPE,
    ...resourceServers.flatMap(({ identifier, scopes: names }) =>
      names.map(({ name }) => `${identifier}/${name}`),
    ),
  ]);
  const unknown = scopes.find((scope) => !known.has(scope));
  if (unknown === undefined) return;
  throw new AwsError('ScopeDoesNotExistException', `Scope does not exist: ${unknown}`);
}

function requireServer(pool: UserPool, identifier: string): ResourceServerDefinition {
  const server = pool.resourceServers.find((known) => known.identifier === identifier);
  if (server !== undefined) return server;
  const message = `Resource server ${identifier} does not exist.`;
  throw new AwsError('ResourceNotFoundException', message);
}

function toServer({
  Identifier,
  Name,
  Scopes = [],
}: z.output<typeof serverSettings>): ResourceServerDefinition {
  return {
    identifier: Identifier,
    name: Name,
    scopes: Scopes.map(({ ScopeName, ScopeDescription }) => ({
      name: ScopeName,
      description: ScopeDescription,
    })),
  };
}

function describeServer(
  UserPoolId: string,
  { identifier, name, scopes }: ResourceServerDefinition,
) {
  return {
    UserPoolId,
    Identifier: identifier,
    Name: name,
    Scopes: scopes.map((scope) => ({
      ScopeName: scope.name,
      ScopeDescription: scope.description,
    })),
  };
}

/** What makes, changes and deletes app clients and resource servers. */
export const CLIENT_OPERATIONS = {
  CreateUserPoolClient: createUserPoolClient,
  UpdateUserPoolClient: updateUserPoolClient,
  DeleteUserPoolClient: deleteUserPoolClient,
  CreateResourceServer: createResourceServer,
  UpdateResourceServer: updateResourceServer,
  DescribeResourceServer: describeResourceServer,
  ListResourceServers: listResourceServers,
  DeleteResourceServer: deleteResourceServer,
};
