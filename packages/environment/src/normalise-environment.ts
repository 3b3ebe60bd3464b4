import {
  type Claims,
  DEFAULT_SIZE_BUDGET_BYTES,
  type TokenIssuer,
  type TokenSelector,
} from '@cognito-m2m/claim-schema';
import type {
  ClientInput,
  PoolInput,
  TokenIssuerInput,
  TokenSelectorInput,
  WatchSettings,
} from './environment.ts';
import type { Client, Pool, TriggerSettings } from './normalised-environment.ts';

/** What Amazon Cognito itself gives an access token, in minutes. */
const DEFAULT_ACCESS_TOKEN_MINUTES = 60;

/** Short, because nobody can see from here that a user has signed out. */
const DEFAULT_TOKEN_AGE_SECONDS = 300;

/** The trigger's settings where a file says nothing. */
export const DEFAULT_TRIGGER: TriggerSettings = {
  cacheSeconds: 30,
  maxStaleSeconds: 900,
  sizeBudgetBytes: DEFAULT_SIZE_BUDGET_BYTES,
  runtime: 'nodejs22.x',
  memoryMb: 512,
  logRetentionDays: 90,
};

/** The watcher's settings where a file says nothing. */
export const DEFAULT_WATCH: WatchSettings = { everyMinutes: 5, heal: [], canaryMinutes: 15 };

/** The owner of an environment that names none: those of its pools. */
export function joinOwners(owners: readonly string[]): string {
  return [...new Set(owners)].join(' + ');
}

/** Fills in every default of one pool. */
export function normalisePool(name: string, input: PoolInput, environmentOwner: string): Pool {
  const owner = input.owner ?? environmentOwner;
  const minutes = input.defaults?.accessTokenMinutes ?? DEFAULT_ACCESS_TOKEN_MINUTES;
  const tokenIssuers = Object.entries(input.tokenIssuers ?? {}).map(([issuerName, issuer]) =>
    normaliseIssuer(issuerName, issuer),
  );
  const clients = Object.entries(input.clients).map(([clientName, client]) => ({
    ...normaliseClient(clientName, client, owner, minutes),
    claimsFromToken: normaliseTokenSelector(client.claimsFromToken, tokenIssuers),
  }));
  return {
    name,
    owner,
    description: input.description ?? '',
    existing: input.existing,
    userTrigger: input.userTrigger,
    domainPrefix: input.domainPrefix,
    customDomain: input.customDomain,
    plan: input.plan ?? 'ESSENTIALS',
    clientRegistration: input.clientRegistration ?? 'none',
    unknownClients: input.unknownClients ?? (input.existing ? 'issue-without-claims' : 'deny'),
    webAclArn: input.webAclArn,
    resourceServers: input.resourceServers ?? serversOf(clients),
    defaultClaims: asClaims(input.defaults?.claims),
    tokenIssuers,
    clients,
    canary: input.canary,
  };
}

/** The resource servers of an existing pool, as far as its clients name their scopes. */
function serversOf(
  clients: readonly Pick<Client, 'scopes' | 'addScopes'>[],
): Pool['resourceServers'] {
  const servers = new Map<string, Map<string, string>>();
  for (const scope of clients.flatMap(({ scopes, addScopes }) => [...scopes, ...addScopes])) {
    const slash = scope.lastIndexOf('/');
    const [identifier, name] = [scope.slice(0, slash), scope.slice(slash + 1)];
    servers.set(identifier, (servers.get(identifier) ?? new Map()).set(name, scope));
  }
  return Object.fromEntries(
    [...servers].map(([name, scopes]) => [name, { name, scopes: Object.fromEntries(scopes) }]),
  );
}

function normaliseClient(
  name: string,
  input: ClientInput,
  poolOwner: string,
  poolMinutes: number,
): Omit<Client, 'claimsFromToken'> {
  return {
    name,
    description: input.description,
    owner: input.owner ?? poolOwner,
    clientId: input.clientId,
    secretId: input.secretId,
    scopes: input.scopes ?? Object.keys(input.claimsByScope ?? {}),
    accessTokenMinutes: input.accessTokenMinutes ?? poolMinutes,
    claims: asClaims(input.claims),
    claimsByScope: mapEntries(input.claimsByScope ?? {}, asClaims),
    claimsFromMetadata: mapEntries(input.claimsFromMetadata ?? {}, (selector) => ({
      key: selector.key,
      allow: selector.allow,
      required: selector.required ?? false,
    })),
    suppressClaims: input.suppressClaims ?? [],
    addScopes: input.addScopes ?? [],
    suppressScopes: input.suppressScopes ?? [],
    readers: input.readers ?? [],
  };
}

function normaliseIssuer(name: string, input: TokenIssuerInput): TokenIssuer {
  const { issuer, jwksUri, clientIds = [], audience = [], tokenUse } = input;
  return {
    name,
    issuer,
    clientIds,
    audience,
    jwksUri,
    tokenUse,
  };
}

/** With the issuer itself, so that the trigger needs one record to verify a token. */
function normaliseTokenSelector(
  input: TokenSelectorInput | undefined,
  issuers: readonly TokenIssuer[],
): TokenSelector | undefined {
  const issuer = issuers.find(({ name }) => name === input?.issuer);
  // A name that no issuer has is a fault, which is reported.
  if (input === undefined || issuer === undefined) return undefined;
  const { key, required = false, maxAgeSeconds = DEFAULT_TOKEN_AGE_SECONDS, claims } = input;
  return { key, issuer, required, maxAgeSeconds, claims };
}

// The contract's types are narrower than Claims; the rules check the values themselves.
function asClaims(claims: object | undefined): Claims {
  return { ...claims };
}

function mapEntries<T, U>(source: { readonly [key: string]: T }, transform: (value: T) => U) {
  return Object.fromEntries(
    Object.entries(source).map(([key, value]): [string, U] => [key, transform(value)]),
  );
}
