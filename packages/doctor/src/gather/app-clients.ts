import {
  type CognitoIdentityProviderClient,
  DescribeUserPoolClientCommand,
  DescribeUserPoolCommand,
  ListUserPoolClientSecretsCommand,
  type ListUserPoolClientsRequest,
  paginateListUserPoolClients,
  type UserPoolClientDescription,
  type UserPoolClientType,
} from '@aws-sdk/client-cognito-identity-provider';
import {
  GetResourcePolicyCommand,
  ListSecretVersionIdsCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import type { AppClientSettings, AppClientView, DeclaredPool } from '../deployment-view.ts';
import { mapConcurrently } from './map-concurrently.ts';
import type { OptionalReads } from './optional-reads.ts';
import { registrationOf } from './user-pool.ts';

/** The most that one page of clients holds. */
const PAGE_SIZE = 60;
/** Amazon Cognito takes 5 describe calls a second for each pool. @see https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html */
const CALLS_PER_SECOND = 5;

/** What identifies an app client to the API. */
interface AppClientKey {
  readonly UserPoolId: string;
  readonly ClientId: string;
}

/** An app client as the list shows it. */
interface ListedAppClient {
  readonly key: AppClientKey;
  readonly name: string;
  readonly isRegistered: boolean;
}

/**
 * Lists every app client of a pool, 60 to a call; no answer holds a secret.
 *
 * @param hasRegistration - True for a pool where clients can register themselves, or once could.
 */
async function listAppClients(
  client: CognitoIdentityProviderClient,
  UserPoolId: string,
  hasRegistration: boolean,
): Promise<ListedAppClient[]> {
  const all = await listPages(client, { UserPoolId });
  const registered = hasRegistration
    ? await listPages(client, { UserPoolId, ClientType: 'DCR' })
    : [];
  const ids = new Set(registered.map(({ ClientId }) => ClientId));
  return all.map(({ ClientId = '', ClientName = '' }) => ({
    key: { UserPoolId, ClientId },
    name: ClientName,
    isRegistered: ids.has(ClientId),
  }));
}

async function listPages(
  client: CognitoIdentityProviderClient,
  filter: Pick<ListUserPoolClientsRequest, 'UserPoolId' | 'ClientType'>,
): Promise<UserPoolClientDescription[]> {
  const listed: UserPoolClientDescription[] = [];
  const pages = paginateListUserPoolClients({ client }, { ...filter, MaxResults: PAGE_SIZE });
  for await (const { UserPoolClients = [] } of pages) listed.push(...UserPoolClients);
  return listed;
}

/** Lists the ids of every app client of a pool. */
export async function listAppClientIds(
  client: CognitoIdentityProviderClient,
  userPoolId: string,
): Promise<string[]> {
  const listed = await listAppClients(client, userPoolId, false);
  return listed.map(({ key }) => key.ClientId);
}

/** An app client that registered itself by dynamic client registration. */
export interface RegisteredClient {
  readonly clientId: string;
  readonly name: string;
}

/**
 * Lists the app clients of a pool that registered themselves.
 *
 * One call for a pool that never had registration; an API that does not know registration answers none.
 */
export async function listRegisteredClients(
  client: CognitoIdentityProviderClient,
  UserPoolId: string,
): Promise<RegisteredClient[]> {
  const { UserPool = {} } = await client.send(new DescribeUserPoolCommand({ UserPoolId }));
  if (registrationOf(UserPool) === undefined) return [];
  const listed = await listPages(client, { UserPoolId, ClientType: 'DCR' });
  return listed.map(({ ClientId = '', ClientName = '' }) => ({
    clientId: ClientId,
    name: ClientName,
  }));
}

/**
 * Describes every app client of a pool, a few at a time; a pool of a thousand takes minutes, at the quota's pace.
 *
 * @param read - Makes of a description what is kept of it: a description holds the client's secret.
 * @param onProgress - Called after each client with the number so far and the number of all.
 */
export async function readAppClients<T>(
  client: CognitoIdentityProviderClient,
  userPoolId: string,
  read: (described: UserPoolClientType, key: AppClientKey) => T | Promise<T>,
  onProgress: (count: number, total: number) => void,
): Promise<T[]> {
  const listed = await listAppClients(client, userPoolId, false);
  return mapConcurrently(
    listed,
    CALLS_PER_SECOND,
    async ({ key }) => {
      const { UserPoolClient = {} } = await client.send(new DescribeUserPoolClientCommand(key));
      return read(UserPoolClient, key);
    },
    (count) => onProgress(count, listed.length),
  );
}

/** What is asked about the app clients of a pool. */
export interface ClientQuestions {
  readonly pool: { readonly name: string; readonly userPoolId: string };
  /** The ids of clients that are declared. */
  readonly declaredIds: ReadonlySet<string>;
  /** True for a pool of another owner, whose other clients are not looked at. */
  readonly isExisting: boolean;
  readonly scope: ClientScope;
  /** True for a pool where clients can register themselves, or once could. */
  readonly hasRegistration: boolean;
  /** The name of a client's entry in AWS Secrets Manager. */
  readonly secretName: (clientName: string) => string;
  /** Called after each client with the number so far and the number of all. */
  readonly onProgress: (count: number, total: number) => void;
}

/** Which app clients are asked about one by one, at five a second; all are listed. */
export interface ClientScope {
  /**
   * How many declared clients have their settings read at most. Settings come with the secret; with `none`, nobody's are read.
   */
  readonly settings: number | 'none';
  /** Chooses the clients whose secrets are listed. @default those whose settings are read */
  readonly secretsOf?: (clientIds: readonly string[]) => ReadonlySet<string>;
}

/** The clients of the services that keep app clients and their secrets. */
export interface SecretHolders {
  readonly cognito: CognitoIdentityProviderClient;
  readonly secretsManager: SecretsManagerClient;
}

/** Lists every app client of a pool, and asks about each as far as that can be read and is not too slow. */
export async function describeClients(
  clients: SecretHolders,
  questions: ClientQuestions,
  reads: OptionalReads,
): Promise<AppClientView[]> {
  const { pool, onProgress } = questions;
  const listed = await listAppClients(clients.cognito, pool.userPoolId, questions.hasRegistration);
  const described = describedIds(listed, questions, reads);
  // A client that registered itself has no secret operations.
  const ids = listed.filter(({ isRegistered }) => !isRegistered).map(({ key }) => key.ClientId);
  const chosen = questions.scope.secretsOf?.(ids) ?? described;
  const withSecrets = new Set(ids.filter((id) => chosen.has(id)));
  const asked = listed.filter(
    ({ key }) => described.has(key.ClientId) || withSecrets.has(key.ClientId),
  );
  const views = await mapConcurrently(
    asked,
    CALLS_PER_SECOND,
    async (each): Promise<AppClientView> => ({
      clientId: each.key.ClientId,
      name: each.name,
      isRegistered: each.isRegistered,
      settings: described.has(each.key.ClientId)
        ? await readSettings(clients.cognito, each.key, pool.name, reads)
        : undefined,
      ...(withSecrets.has(each.key.ClientId)
        ? await readSecrets(clients, each, questions, reads)
        : NO_SECRETS),
    }),
    (count) => onProgress(count, asked.length),
  );
  const byId = new Map(views.map((view) => [view.clientId, view]));
  return listed.map(
    ({ key: { ClientId }, name, isRegistered }) =>
      byId.get(ClientId) ?? {
        clientId: ClientId,
        name,
        isRegistered,
        settings: undefined,
        ...NO_SECRETS,
      },
  );
}

const NO_SECRETS = { secrets: undefined, storedVersions: undefined };

// In a pool of ours, what nobody declared is always looked at: it may get tokens.
function describedIds(
  listed: readonly ListedAppClient[],
  { pool, declaredIds, isExisting, scope }: ClientQuestions,
  reads: OptionalReads,
): ReadonlySet<string> {
  if (scope.settings === 'none') return new Set();
  const all = listed.map(({ key }) => key.ClientId);
  const ids = isExisting ? all.filter((id) => declaredIds.has(id)) : all;
  const count = ids.filter((id) => declaredIds.has(id)).length;
  if (count <= scope.settings) return new Set(ids);
  reads.skip(tooSlow(pool.name, count));
  return new Set(ids.filter((id) => !declaredIds.has(id)));
}

function tooSlow(poolName: string, count: number): string {
  const minutes = Math.ceil(count / CALLS_PER_SECOND / 60);
  return `flows, scopes and secrets of the ${count} app clients of ${poolName}: about ${minutes} min at the quotas of Amazon Cognito; pass --all-clients`;
}

async function readSettings(
  cognito: CognitoIdentityProviderClient,
  key: AppClientKey,
  poolName: string,
  reads: OptionalReads,
): Promise<AppClientSettings | undefined> {
  const answer = await reads.read(
    `settings of the app clients of ${poolName}`,
    cognito.send(new DescribeUserPoolClientCommand(key)),
  );
  return answer?.UserPoolClient && toSettings(answer.UserPoolClient);
}

async function readSecrets(
  { cognito, secretsManager }: SecretHolders,
  { key, name }: ListedAppClient,
  { pool, isExisting, secretName }: ClientQuestions,
  reads: OptionalReads,
): Promise<Pick<AppClientView, 'secrets' | 'storedVersions'>> {
  const answer = await reads.read(
    `secret ages in ${pool.name}`,
    cognito.send(new ListUserPoolClientSecretsCommand(key)),
  );
  const secrets = answer?.ClientSecrets?.map(({ ClientSecretId = '', ClientSecretCreateDate }) => ({
    id: ClientSecretId,
    createdAtMs: ClientSecretCreateDate?.getTime() ?? 0,
  })).toSorted((first, second) => first.createdAtMs - second.createdAtMs);
  if (secrets === undefined || secrets.length < 2) return { secrets, storedVersions: undefined };
  const list = new ListSecretVersionIdsCommand({
    SecretId: secretName(name),
    IncludeDeprecated: true,
  });
  const stored = await reads.look(
    `versions of client secrets in ${pool.name}`,
    secretsManager.send(list),
  );
  // In the pool of another owner, a client without an entry of ours is its owner's, and so are its secrets.
  if (isExisting && stored?.found === undefined) return { secrets, storedVersions: undefined };
  const storedVersions =
    stored && (stored.found?.Versions ?? []).map(({ VersionId = '' }) => VersionId);
  return { secrets, storedVersions };
}

function toSettings(described: UserPoolClientType): AppClientSettings {
  return {
    hasSecret: described.ClientSecret !== undefined,
    isOAuthEnabled: described.AllowedOAuthFlowsUserPoolClient === true,
    oauthFlows: described.AllowedOAuthFlows ?? [],
    authFlows: described.ExplicitAuthFlows ?? [],
    scopes: described.AllowedOAuthScopes ?? [],
  };
}

/** Most policies that are read at once: AWS Secrets Manager takes 50 such calls a second. */
const CALLS_AT_ONCE = 10;

/** Reads who may read the secret of each declared client; a client whose secret is not there, or not readable, is left out. */
export async function readSecretReaders(
  client: SecretsManagerClient,
  { name, clients }: DeclaredPool,
  secretName: (clientName: string) => string,
  reads: OptionalReads,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const read = await mapConcurrently(
    // The secret of a client that somebody else owns is theirs.
    clients.filter(({ clientId }) => clientId === undefined),
    CALLS_AT_ONCE,
    async (declared): Promise<[string, readonly string[]][]> => {
      const command = new GetResourcePolicyCommand({ SecretId: secretName(declared.name) });
      const answer = await reads.read(`policies of the secrets of ${name}`, client.send(command));
      if (answer === undefined) return [];
      const readers = listPrincipals(answer.ResourcePolicy, 'secretsmanager:GetSecretValue');
      return [[declared.name, readers]];
    },
    () => {},
  );
  return new Map(read.flat());
}

/**
 * Lists whom a policy allows an action.
 *
 * @param policy - As JSON; nobody is allowed without one.
 * @param isLookedAt - Chooses statements by their `Sid`. @default all
 * @returns ARNs, account IDs, unique IDs of principals that are gone, `*`, or services; each once.
 */
export function listPrincipals(
  policy: string | undefined,
  action: string,
  isLookedAt: (sid: string) => boolean = () => true,
): readonly string[] {
  const { Statement = [] }: { Statement?: Statement | Statement[] } = JSON.parse(policy ?? '{}');
  const principals = [Statement].flat().flatMap(({ Sid = '', Effect, Action = [], Principal }) => {
    const isAllowed = Effect === 'Allow' && [Action].flat().some((one) => covers(one, action));
    if (!isAllowed || !isLookedAt(Sid)) return [];
    return typeof Principal === 'string' ? [Principal] : Object.values(Principal ?? {}).flat();
  });
  return [...new Set(principals)];
}

interface Statement {
  readonly Sid?: string;
  readonly Effect?: string;
  readonly Action?: string | string[];
  readonly Principal?: string | { readonly [kind: string]: string | string[] };
}

function covers(pattern: string, action: string): boolean {
  if (!pattern.includes('*')) return pattern === action;
  return action.startsWith(pattern.slice(0, pattern.indexOf('*')));
}
