import {
  type CognitoIdentityProviderClient,
  DescribeUserPoolClientCommand,
  paginateListUserPoolClients,
  type UserPoolClientType,
} from '@aws-sdk/client-cognito-identity-provider';
import { ifFound, mapConcurrently } from '@cognito-m2m/doctor';
import { type Client, isTheirs, type Pool } from '@cognito-m2m/environment';
import type { CommandContext } from '../frame/command.ts';

/** Amazon Cognito takes 5 describe calls a second for each pool. @see https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html */
const CALLS_PER_SECOND = 5;
/** The most that one page of clients holds. */
const PAGE_SIZE = 60;

const SECONDS_PER_UNIT = { seconds: 1, minutes: 60, hours: 3600, days: 86_400 } as const;
/** What Amazon Cognito gives an access token by itself. */
const DEFAULT_MINUTES = 60;
/** What Amazon Cognito takes. @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolClientType.html */
const MIN_MINUTES = 5;
const MAX_MINUTES = 1440;

/** How long the access tokens of a client live. */
interface TokenLifetime {
  /** Whole minutes, rounded down: no token lives longer than before. */
  readonly minutes: number;
  /** Seconds, as they are. */
  readonly seconds: number;
}

/** Reads the lifetime of a client's access tokens; the unit is hours unless the client says otherwise. */
export function tokenLifetime({
  AccessTokenValidity,
  TokenValidityUnits,
}: Pick<UserPoolClientType, 'AccessTokenValidity' | 'TokenValidityUnits'>): TokenLifetime {
  if (!AccessTokenValidity) return { minutes: DEFAULT_MINUTES, seconds: DEFAULT_MINUTES * 60 };
  const seconds =
    AccessTokenValidity * SECONDS_PER_UNIT[TokenValidityUnits?.AccessToken ?? 'hours'];
  const minutes = Math.min(MAX_MINUTES, Math.max(MIN_MINUTES, Math.floor(seconds / 60)));
  return { minutes, seconds };
}

/** What the owner of a pool decides about an app client. */
interface OwnersSettings {
  readonly scopes: readonly string[];
  readonly accessTokenMinutes: number;
  /** True if it may use `client_credentials`. */
  readonly isForMachines: boolean;
}

/** Reads what the owner of an app client decides about it; `undefined` if the pool has no such client. */
export async function readOwnersSettings(
  cognito: CognitoIdentityProviderClient,
  userPoolId: string,
  clientId: string,
): Promise<OwnersSettings | undefined> {
  const described = await describeClient(cognito, userPoolId, clientId);
  if (described === undefined) return undefined;
  const { minutes } = tokenLifetime(described);
  return {
    scopes: described.AllowedOAuthScopes ?? [],
    accessTokenMinutes: minutes,
    isForMachines: isForMachines(described),
  };
}

function isForMachines({ AllowedOAuthFlows }: UserPoolClientType): boolean {
  return AllowedOAuthFlows?.includes('client_credentials') === true;
}

async function describeClient(
  cognito: CognitoIdentityProviderClient,
  UserPoolId: string,
  ClientId: string,
): Promise<UserPoolClientType | undefined> {
  const describe = new DescribeUserPoolClientCommand({ UserPoolId, ClientId });
  return (await ifFound(cognito.send(describe)))?.UserPoolClient;
}

/** A declared pool with what its file cannot say. */
export interface CompletePool {
  readonly pool: Pool;
  /** Clients of the owner that the user pool does not have. */
  readonly missing: readonly Client[];
  /** Clients of the owner that may not use `client_credentials`. */
  readonly notForMachines: readonly Client[];
}

/**
 * Fills in the scopes and token lifetimes of clients of another owner, which only the API knows.
 *
 * Costs one call for each such client, five at a time; nothing for a pool without one.
 */
export async function completePool(
  { target, output }: Pick<CommandContext, 'target' | 'output'>,
  pool: Pool,
): Promise<CompletePool> {
  const theirs = pool.clients.filter(isTheirs);
  if (theirs.length === 0) return { pool, missing: [], notForMachines: [] };
  const { cognito } = await target.openSecretClients();
  const userPoolId = pool.existing?.userPoolId ?? '';
  const progress = output.startProgress(`Reading the clients of ${pool.name}`, theirs.length);
  const read = async ({ name, clientId = '' }: Client) =>
    [name, await readOwnersSettings(cognito, userPoolId, clientId)] as const;
  const settings = new Map(
    await mapConcurrently(theirs, CALLS_PER_SECOND, read, progress.update).finally(progress.end),
  );
  return {
    pool: {
      ...pool,
      clients: pool.clients.map((client) => {
        const { scopes, accessTokenMinutes } = settings.get(client.name) ?? client;
        return { ...client, scopes, accessTokenMinutes };
      }),
    },
    missing: theirs.filter(({ name }) => settings.get(name) === undefined),
    notForMachines: theirs.filter(({ name }) => settings.get(name)?.isForMachines === false),
  };
}

/** A client of a pool that no file declares. */
export interface UndeclaredClient {
  readonly client: string;
  readonly clientId: string;
}

/** How many undeclared clients are asked whether they are for machines: 20 s at the quotas of Amazon Cognito. */
const MAX_ASKED = 100;

/**
 * Finds the clients for machines of an existing pool that its file does not declare.
 *
 * Of a pool with more than 100 undeclared clients, all are listed, those for users as well.
 */
export async function findUndeclared(
  { target }: Pick<CommandContext, 'target'>,
  { clients, existing }: Pool,
  deployedIds: Iterable<string>,
): Promise<UndeclaredClient[]> {
  const { cognito } = await target.openSecretClients();
  const declared = new Set([...deployedIds, ...clients.flatMap(({ clientId }) => clientId ?? [])]);
  const userPoolId = existing?.userPoolId ?? '';
  const pages = paginateListUserPoolClients(
    { client: cognito },
    { UserPoolId: userPoolId, MaxResults: PAGE_SIZE },
  );
  const others: UndeclaredClient[] = [];
  for await (const { UserPoolClients = [] } of pages) {
    for (const { ClientId = '', ClientName = '' } of UserPoolClients) {
      if (!declared.has(ClientId)) others.push({ client: ClientName, clientId: ClientId });
    }
  }
  if (others.length > MAX_ASKED) return others;
  const machines = await mapConcurrently(
    others,
    CALLS_PER_SECOND,
    async (other) => {
      const described = await describeClient(cognito, userPoolId, other.clientId);
      return described !== undefined && isForMachines(described) ? [other] : [];
    },
    () => {},
  );
  return machines.flat();
}
