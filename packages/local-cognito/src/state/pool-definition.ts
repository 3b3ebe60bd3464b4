/** Members of an API call that are kept and returned as they are, such as tags and password policies. */
type AwsMembers = { readonly [member: string]: unknown };

/** A resource server: an API and the scopes it knows. */
export interface ResourceServerDefinition {
  readonly identifier: string;
  /** The name people see. */
  readonly name: string;
  readonly scopes: readonly { readonly name: string; readonly description: string }[];
}

/** One app client as its source declares it. */
export interface ClientDefinition {
  /** What the client's state is kept by: its name, or its id for a client that the API created. */
  readonly key: string;
  readonly name: string;
  /** @default derived from the names, the same at every start */
  readonly clientId: string | undefined;
  /** The secret that the client has at first; `null` for none. @default generated */
  readonly clientSecret: string | null | undefined;
  readonly description: string | undefined;
  readonly owner: string | undefined;
  /** The scopes it may ask for, in the order of its declaration. */
  readonly scopes: readonly string[];
  readonly accessTokenMinutes: number;
  /** The OAuth flows that it may use; tokens need `client_credentials`. */
  readonly flows: readonly string[];
  /** Flows of the API that the client allows; `GetClientToken` needs `ALLOW_CLIENT_TOKEN_AUTH`. */
  readonly explicitAuthFlows: readonly string[];
  readonly members: AwsMembers;
}

/** One user pool as its source declares it. */
export interface PoolDefinition {
  /** What the pool's state is kept by: its name, or its id for a pool that the API created. */
  readonly key: string;
  readonly name: string;
  /** @default made from the Region and the pool's position */
  readonly userPoolId: string | undefined;
  readonly description: string | undefined;
  /** The domain's prefix, or a whole domain name. */
  readonly domain: string | undefined;
  readonly plan: string;
  readonly resourceServers: readonly ResourceServerDefinition[];
  readonly clients: readonly ClientDefinition[];
  /** The name of the trigger that the pool has; `null` for none. @default the server's trigger */
  readonly trigger: string | null | undefined;
  readonly members: AwsMembers;
  /** True for a pool that the API created, which is kept with the state. */
  readonly isCreated: boolean;
}

/** The pools of a server. */
export interface PoolSource {
  /** What client ids are derived from, in addition to the names of pool and client. */
  readonly name: string;
  readonly region: string;
  readonly pools: readonly PoolDefinition[];
}

/** The scope of the token by which clients register themselves; no resource server has it. */
export const REGISTRATION_SCOPE = 'aws.cognito/dcr/register';

/** What the API calls a client that registered itself. */
export const REGISTERED_CLIENT_TYPE = 'DCR';

/** What the deploy gives every client: without a user's token it allows nothing. */
export const DEPLOYED_AUTH_FLOWS: readonly string[] = ['ALLOW_REFRESH_TOKEN_AUTH'];

/** A client with everything that most sources leave out. */
export function defineClient(
  client: Pick<ClientDefinition, 'name'> & Partial<ClientDefinition>,
): ClientDefinition {
  return {
    key: client.name,
    clientId: undefined,
    clientSecret: undefined,
    description: undefined,
    owner: undefined,
    scopes: [],
    accessTokenMinutes: 60,
    flows: ['client_credentials'],
    explicitAuthFlows: DEPLOYED_AUTH_FLOWS,
    members: {},
    ...client,
  };
}

/** A pool with everything that most sources leave out. */
export function definePool(
  pool: Pick<PoolDefinition, 'name' | 'clients'> & Partial<PoolDefinition>,
): PoolDefinition {
  return {
    key: pool.name,
    userPoolId: undefined,
    description: undefined,
    domain: undefined,
    plan: 'ESSENTIALS',
    resourceServers: toResourceServers(pool.clients.flatMap(({ scopes }) => scopes)),
    trigger: undefined,
    members: {},
    isCreated: false,
    ...pool,
  };
}

/** The resource servers that scopes name, for sources that declare none. */
export function toResourceServers(scopes: readonly string[]): ResourceServerDefinition[] {
  const servers = new Map<string, Set<string>>();
  for (const scope of scopes) {
    if (scope === REGISTRATION_SCOPE) continue;
    const slash = scope.lastIndexOf('/');
    const identifier = scope.slice(0, Math.max(0, slash));
    servers.set(identifier, (servers.get(identifier) ?? new Set()).add(scope.slice(slash + 1)));
  }
  return [...servers].map(([identifier, names]) => ({
    identifier,
    name: identifier,
    scopes: [...names].map((name) => ({ name, description: name })),
  }));
}
