import { LocalCognitoError } from '../model/errors.ts';
import { withoutUndefined } from '../model/without-undefined.ts';
import { CLIENT_TOKEN_AUTH } from '../pools/user-pool.ts';
import {
  defineClient,
  definePool,
  type PoolDefinition,
  REGISTRATION_SCOPE,
  type ResourceServerDefinition,
  toResourceServers,
} from '../state/pool-definition.ts';
import { type CheckedConfig, configSchema } from './config-schema.ts';

type ConfigPool = CheckedConfig['pools'][string];

/**
 * Checks a configuration.
 *
 * @param origin - What it is called in messages, such as its file.
 * @throws {LocalCognitoError} `ERR_LOCAL_CONFIG_INVALID` with every fault at once; never with a value, which may be a secret.
 */
export function checkConfig(config: unknown, origin: string): CheckedConfig {
  const parsed = configSchema.safeParse(config);
  const faults = parsed.success
    ? findConflicts(parsed.data)
    : parsed.error.issues.map(({ path, message }) => `${path.join('.') || '(root)'}: ${message}`);
  if (parsed.success && faults.length === 0) return parsed.data;
  const count = `${faults.length} ${faults.length === 1 ? 'fault' : 'faults'}`;
  const message = [
    `The configuration ${origin} is not valid: ${count}.`,
    ...faults.map((fault) => `  - ${fault}`),
  ].join('\n');
  throw new LocalCognitoError('ERR_LOCAL_CONFIG_INVALID', message);
}

/** What the shape of a configuration does not say. */
function findConflicts(config: CheckedConfig): string[] {
  const pools = Object.entries(config.pools);
  const clients = pools.flatMap(([pool, { clients: byName }]) =>
    Object.entries(byName).map(([name, client]) => ({
      path: `pools.${pool}.clients.${name}`,
      client,
    })),
  );
  const names = new Set(Object.keys(config.triggers ?? {}));
  return [
    ...findRepeated(clients.map(({ path, client }) => [`${path}.clientId`, client.clientId])),
    ...findRepeated(
      pools.map(([pool, { userPoolId }]) => [`pools.${pool}.userPoolId`, userPoolId]),
    ),
    ...findRepeated(pools.map(([pool, { domain }]) => [`pools.${pool}.domain`, domain])),
    ...pools.flatMap(([pool, declared]) => findUnknownScopes(pool, declared)),
    ...pools.flatMap(([pool, { trigger }]) =>
      typeof trigger === 'string' && !names.has(trigger)
        ? `pools.${pool}.trigger: "${trigger}" is not in "triggers"`
        : [],
    ),
  ];
}

function findRepeated(entries: readonly (readonly [string, string | undefined])[]): string[] {
  const first = new Map<string, string>();
  return entries.flatMap(([path, value]) => {
    if (value === undefined) return [];
    const earlier = first.get(value);
    if (earlier === undefined) first.set(value, path);
    return earlier === undefined ? [] : `${path}: has the same value as ${earlier}`;
  });
}

function findUnknownScopes(pool: string, { resourceServers, clients }: ConfigPool): string[] {
  if (resourceServers === undefined) return [];
  const known = new Set([
    REGISTRATION_SCOPE,
    ...toServers(resourceServers).flatMap(({ identifier, scopes }) =>
      scopes.map(({ name }) => `${identifier}/${name}`),
    ),
  ]);
  return Object.entries(clients).flatMap(([client, { scopes }]) =>
    scopes
      .filter((scope) => !known.has(scope))
      .map((scope) => `pools.${pool}.clients.${client}.scopes: no resource server has "${scope}"`),
  );
}

function toServers(
  servers: NonNullable<ConfigPool['resourceServers']>,
): ResourceServerDefinition[] {
  return Object.entries(servers).map(([identifier, { name = identifier, scopes }]) => ({
    identifier,
    name,
    scopes: Array.isArray(scopes)
      ? scopes.map((scope) => ({ name: scope, description: scope }))
      : Object.entries(scopes).map(([scope, description]) => ({ name: scope, description })),
  }));
}

/** The setting as the API has it. */
function toRegistration(given: NonNullable<ConfigPool['registration']>) {
  return {
    DcrConfiguration: withoutUndefined({
      EnableStatus: 'ENABLED',
      OpenDcrEnabled: given.open ?? false,
      AuthenticatedGrantTypes: given.authenticatedGrantTypes,
      OpenDcrGrantTypes: given.openGrantTypes,
      AllowedScopes: given.allowedScopes,
    }),
  };
}

/** The pools of a configuration. */
export function toPoolDefinitions({ pools }: CheckedConfig): PoolDefinition[] {
  return Object.entries(pools).map(([name, pool]) => {
    const { userPoolId, domain, description, plan = 'ESSENTIALS', trigger, resourceServers } = pool;
    const members = pool.registration === undefined ? {} : toRegistration(pool.registration);
    const clients = Object.entries(pool.clients).map(([clientName, client]) => {
      const { clientId, clientSecret, scopes } = client;
      const accessTokenMinutes = client.accessTokenMinutes ?? pool.accessTokenMinutes ?? 60;
      const defined = { name: clientName, clientId, clientSecret, scopes, accessTokenMinutes };
      const described = { ...defined, description: client.description };
      return client.allowsClientTokenAuth === true
        ? defineClient({ ...described, explicitAuthFlows: [CLIENT_TOKEN_AUTH] })
        : defineClient(described);
    });
    return definePool({
      name,
      userPoolId,
      domain,
      description,
      plan,
      trigger,
      clients,
      members,
      resourceServers:
        resourceServers === undefined
          ? toResourceServers(clients.flatMap(({ scopes }) => scopes))
          : toServers(resourceServers),
    });
  });
}
