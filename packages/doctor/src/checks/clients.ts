import type {
  AppClientSettings,
  AppClientView,
  Checks,
  DeclaredPool,
  DeploymentView,
  PoolView,
  Problem,
} from '../deployment-view.ts';
import { versionReplacing } from '../rotation-names.ts';
import { appClientSubject, describedPools, hasInvalidItem, listedPools } from './subjects.ts';

const DAY_MS = 86_400_000;
/** What a client for machines may also have: refreshing needs a user's token, which nobody gets. */
const HARMLESS_AUTH_FLOWS: ReadonlySet<string> = new Set([
  'ALLOW_REFRESH_TOKEN_AUTH',
  'ALLOW_CLIENT_TOKEN_AUTH',
]);

/** What may be wrong with the app clients, and with who may read their secrets. */
export const CLIENT_CHECKS = {
  /** Every declared client is there. */
  'client-deployed': ({ deployCommand, pools }) =>
    pools.flatMap((pool) =>
      pool.declared.clients.flatMap((client): Problem[] => {
        const gone = goneProblem(pool, client, deployCommand);
        if (gone !== undefined) return [gone];
        if (pool.clientIds.has(client.name)) return [];
        return [
          {
            severity: 'error',
            subject: `client ${pool.declared.name}/${client.name}`,
            what: 'The environment file declares the client, but it is not deployed.',
            why:
              client.clientId === undefined
                ? 'It has no ID and no secret, so it cannot get a token.'
                : 'Its claims are not in the claims table, so its tokens carry none.',
            how: deployCommand,
          },
        ];
      }),
    ),

  /** The parameter of each client names that client: what the table says about an ID decides, because the deploy wrote it. */
  'client-parameter': (view) =>
    listedPools(view).flatMap(({ declared, clientIds, listing }) =>
      [...clientIds].flatMap(([name, clientId]): Problem[] => {
        const named = listing.clients.get(clientId)?.baseline?.clientName;
        if (named === undefined || named === name) return [];
        return [
          {
            severity: 'error',
            subject: `client ${declared.name}/${name}`,
            what: `The client's parameter names app client ${clientId}, which is client "${named}".`,
            why: 'A command for this client would act on the other one, so m2m refuses it.',
            how: `${view.deployCommand} writes the parameter again.`,
          },
        ];
      }),
    ),

  /** Every app client was deployed. Where its settings can be read, `client-claims` says more. */
  'client-undeclared': (view) =>
    listedPools(view).flatMap((pool) =>
      (pool.declared.existing === undefined ? (pool.clients ?? []) : [])
        // Those that registered themselves are reported once, by `pool-registration`.
        .filter(({ isRegistered }) => !isRegistered)
        .filter(({ settings }) => settings === undefined)
        .filter(({ clientId }) => pool.listing.clients.get(clientId)?.baseline === undefined)
        .filter(({ clientId }) => !hasInvalidItem(pool.listing, clientId))
        .map((client) => ({
          severity: 'warning',
          subject: appClientSubject(pool, client),
          what: `App client ${client.clientId} exists, but no deploy created it.`,
          why: 'If it may use client_credentials, whoever created it can request tokens of this pool.',
          how: `Declare it in the environment file, then ${view.deployCommand}; or find out who created it: ${view.commandLine('watch')}`,
        })),
    ),

  /** No client has a second secret that no rotation added. */
  'secret-unknown': ({ commandLine, pools }) =>
    pools.flatMap((pool) =>
      (pool.clients ?? []).flatMap((client): Problem[] => {
        const [first, second] = client.secrets ?? [];
        if (first === undefined || second === undefined || isNamedTheirs(pool, client)) return [];
        const { clientId, name, storedVersions } = client;
        // Unread versions say nothing. A rotation stores the version that replaces a secret before it adds the new one.
        if (storedVersions?.includes(versionReplacing(clientId, first.id)) !== false) return [];
        const added = new Date(second.createdAtMs).toISOString();
        return [
          {
            severity: 'error',
            subject: appClientSubject(pool, client),
            what: `A second client secret was added at ${added}, and not by m2m rotate.`,
            why: 'Anyone who has it gets tokens as this client, with all its claims.',
            how: `If nobody knows it: aws cognito-idp delete-user-pool-client-secret --user-pool-id ${pool.userPoolId} --client-id ${clientId} --client-secret-id ${second.id}. Then ${commandLine(`rotate ${pool.declared.name} ${name} --status`)}`,
          },
        ];
      }),
    ),

  /** Each declared client can do client credentials, and nothing else. */
  'client-flows': ({ deployCommand, pools }) =>
    pools.flatMap((pool) =>
      declaredClients(pool).flatMap((client): Problem[] => {
        const { settings } = client;
        if (settings === undefined) return [];
        const isTheirs = isOfOwner(pool, client);
        const problems = isTheirs ? machineProblems(settings) : flowProblems(settings);
        if (problems.length === 0) return [];
        return [
          {
            severity: 'error',
            subject: appClientSubject(pool, client),
            what: `The app client ${problems.join('; ')}.`,
            why: isTheirs
              ? 'Without a secret and the client_credentials flow, the client gets no token for machines.'
              : 'A client for machines needs a secret and the client_credentials flow, and must not let users sign in.',
            how: isTheirs
              ? `Ask the client's owner to allow the flow, or remove it from the environment file, then ${deployCommand}`
              : `${deployCommand} leaves it client credentials and no other flow.`,
          },
        ];
      }),
    ),

  /** Each scope of a declared client exists. */
  'client-scopes': (view) =>
    describedPools(view).flatMap((pool) => {
      const known = new Set(pool.pool.scopes);
      return declaredClients(pool).flatMap((client): Problem[] => {
        if (client.settings === undefined) return [];
        const { scopes } = client.settings;
        const unknown = scopes.filter((scope) => !known.has(scope));
        if (scopes.length > 0 && unknown.length === 0) return [];
        return [
          {
            severity: 'error',
            subject: appClientSubject(pool, client),
            what:
              scopes.length === 0
                ? 'The app client has no scope.'
                : `No resource server of the pool has the scope ${unknown.join(', ')}.`,
            why: 'Amazon Cognito refuses a token request without a scope that exists.',
            how: isOfOwner(pool, client)
              ? "Ask the client's owner for a scope: they are a setting of theirs."
              : `Declare the scopes in the environment file, then ${view.deployCommand}`,
          },
        ];
      });
    }),

  /** No secret is older than the limit. */
  'secret-age': ({ commandLine, pools }, { now, secretDays }) =>
    pools.flatMap((pool) =>
      declaredClients(pool).flatMap((client): Problem[] => {
        const [oldest, newest] = (client.secrets ?? []).map(({ createdAtMs }) =>
          Math.floor((now * 1000 - createdAtMs) / DAY_MS),
        );
        if (oldest === undefined || oldest <= secretDays || isSecretOfOwner(pool, client))
          return [];
        const isReplaced = newest !== undefined && newest <= secretDays;
        const place = `${pool.declared.name} ${client.name}`;
        return [
          {
            // A rotation that is under way keeps the old secret for its grace period.
            severity: isReplaced ? 'notice' : 'warning',
            subject: appClientSubject(pool, client),
            what: isReplaced
              ? `A client secret of ${oldest} days is still valid next to the new one.`
              : `The oldest client secret is ${oldest} days old; the limit is ${secretDays}.`,
            why: 'The older a secret, the more copies of it exist.',
            how: commandLine(isReplaced ? `rotate ${place} --status` : `rotate ${place}`),
          },
        ];
      }),
    ),

  /** Exactly the declared readers may read the secret of a client, by the policy of the secret. */
  'secret-readers': (view) =>
    view.pools.flatMap((pool) =>
      pool.declared.clients.flatMap(({ name, readers }) => {
        const allowed = pool.readers.get(name);
        if (allowed === undefined) return [];
        return [
          ...allowed
            .filter((principal) => !readers.includes(principal))
            .map((principal) => describeStranger(view, pool, name, principal)),
          ...readers
            .filter((reader) => !allowed.includes(reader))
            .map((reader) => describeShutOut(view, pool, name, reader)),
        ];
      }),
    ),

  /** The key lets every declared reader decrypt: another account needs that in addition to the policy of the secret. */
  'key-readers': ({ keyReaders, pools, deployCommand }) => {
    const declared = pools.flatMap((pool) =>
      pool.declared.clients.flatMap(({ readers }) => readers),
    );
    if (keyReaders === undefined) return [];
    return [...new Set(declared)]
      .filter((reader) => !keyReaders.includes(reader))
      .map((reader) => ({
        severity: 'error',
        subject: 'key of the client secrets',
        what: `The policy of the key does not let ${reader} decrypt.`,
        why: 'A reader of another account needs the key in addition to the secret: it cannot read the secret.',
        how: deployCommand,
      }));
  },
} satisfies Checks;

/** The owner's app client that a file names, if the pool does not have it. */
function goneProblem(
  { declared, clients, userPoolId }: PoolView,
  { name, clientId }: DeclaredPool['clients'][number],
  deployCommand: string,
): Problem | undefined {
  if (clientId === undefined || clients === undefined) return undefined;
  if (clients.some((client) => client.clientId === clientId)) return undefined;
  return {
    severity: 'error',
    subject: `client ${declared.name}/${name}`,
    what: `User pool ${userPoolId} has no app client ${clientId}.`,
    why: 'Its owner deleted it, or the ID is of another pool: the declared claims are in no token.',
    how: `Correct clientId in the environment file, or remove the client, then ${deployCommand}`,
  };
}

function flowProblems({ hasSecret, isOAuthEnabled, oauthFlows, authFlows }: AppClientSettings) {
  const others = oauthFlows.filter((flow) => flow !== 'client_credentials');
  const signIns = authFlows.filter((flow) => !HARMLESS_AUTH_FLOWS.has(flow));
  return [
    ...machineProblems({ hasSecret, isOAuthEnabled, oauthFlows }),
    others.length > 0 && `may also use ${others.join(', ')}`,
    signIns.length > 0 && `lets users sign in by ${signIns.join(', ')}`,
  ].filter((problem) => typeof problem === 'string');
}

function machineProblems({
  hasSecret,
  isOAuthEnabled,
  oauthFlows,
}: Pick<AppClientSettings, 'hasSecret' | 'isOAuthEnabled' | 'oauthFlows'>) {
  const mayRequest = isOAuthEnabled && oauthFlows.includes('client_credentials');
  return [!hasSecret && 'has no secret', !mayRequest && 'may not use client_credentials'].filter(
    (problem) => typeof problem === 'string',
  );
}

// Others of a mixed pool, such as a web client, are not ours to judge.
function declaredClients({ clients, clientIds, listing }: Omit<PoolView, 'pool'>): AppClientView[] {
  const ids = new Set(clientIds.values());
  const listed = listing?.found?.clients;
  return (clients ?? []).filter(
    ({ clientId }) => ids.has(clientId) || listed?.get(clientId)?.baseline !== undefined,
  );
}

/** True for an app client that the owner of an existing pool has. */
function isOfOwner(pool: Pick<PoolView, 'declared'>, client: AppClientView): boolean {
  const { existing, clients } = pool.declared;
  // The watcher knows no client of the file: there, no client of such a pool is judged by its settings.
  return isNamedTheirs(pool, client) || (existing !== undefined && clients.length === 0);
}

/** True for an app client of the owner that the file names. One that it does not name has no entry of ours for its secrets. */
function isNamedTheirs({ declared }: Pick<PoolView, 'declared'>, { clientId }: AppClientView) {
  return declared.clients.some((client) => client.clientId === clientId);
}

/** True if only the client's owner knows where its secret is. */
function isSecretOfOwner(pool: Pick<PoolView, 'declared'>, client: AppClientView): boolean {
  const declared = pool.declared.clients.find(({ clientId }) => clientId === client.clientId);
  return isOfOwner(pool, client) && declared?.secretId === undefined;
}

function describeStranger(
  { deployCommand }: DeploymentView,
  { declared }: PoolView,
  client: string,
  principal: string,
): Problem {
  return {
    severity: 'error',
    subject: `client ${declared.name}/${client}`,
    what: `The policy of its secret lets ${principal} read it, and the environment file does not declare that reader.`,
    why: 'Whoever reads the secret can get tokens of this client. An ID that begins with AROA stands for a role that was deleted.',
    how: `Add it to readers, or take it out: ${deployCommand}`,
  };
}

function describeShutOut(
  { deployCommand }: DeploymentView,
  { declared }: PoolView,
  client: string,
  reader: string,
): Problem {
  return {
    severity: 'error',
    subject: `client ${declared.name}/${client}`,
    what: `The policy of its secret does not let ${reader} read it.`,
    why: 'The service that runs as this role cannot get its secret.',
    how: deployCommand,
  };
}
