import type { AppClientSettings, Check, Problem } from '../deployment-view.ts';
import { appClientSubject, describedPools } from './subjects.ts';

const DAY_MS = 86_400_000;
/** What a client for machines may also have: refreshing needs a user's token, which nobody gets. */
const HARMLESS_AUTH_FLOWS: ReadonlySet<string> = new Set([
  'ALLOW_REFRESH_TOKEN_AUTH',
  'ALLOW_CLIENT_TOKEN_AUTH',
]);

/** Every declared client is there. */
export const checkClientDeployed: Check = ({ deployCommand, pools }) =>
  pools.flatMap(({ declared, missingClients }) =>
    missingClients.map((name) => ({
      severity: 'error',
      subject: `client ${declared.name}/${name}`,
      what: 'The environment file declares the client, but it is not deployed.',
      why: 'It has no ID and no secret, so it cannot get a token.',
      how: deployCommand,
    })),
  );

/** Each client can do client credentials, and nothing else. */
export const checkFlows: Check = ({ deployCommand, pools }) =>
  pools.flatMap((pool) =>
    (pool.clients ?? []).flatMap((client): Problem[] => {
      const problems = client.settings === undefined ? [] : flowProblems(client.settings);
      if (problems.length === 0) return [];
      return [
        {
          severity: 'error',
          subject: appClientSubject(pool, client),
          what: `The app client ${problems.join('; ')}.`,
          why: 'A client for machines needs a secret and the client_credentials flow, and must not let users sign in.',
          how: `${deployCommand} leaves it client credentials and no other flow.`,
        },
      ];
    }),
  );

function flowProblems({ hasSecret, isOAuthEnabled, oauthFlows, authFlows }: AppClientSettings) {
  const others = oauthFlows.filter((flow) => flow !== 'client_credentials');
  const signIns = authFlows.filter((flow) => !HARMLESS_AUTH_FLOWS.has(flow));
  return [
    ...(hasSecret ? [] : ['has no secret']),
    ...(isOAuthEnabled && oauthFlows.includes('client_credentials')
      ? []
      : ['may not use client_credentials']),
    ...(others.length > 0 ? [`may also use ${others.join(', ')}`] : []),
    ...(signIns.length > 0 ? [`lets users sign in by ${signIns.join(', ')}`] : []),
  ];
}

/** Each scope of a client exists. */
export const checkScopes: Check = (view) =>
  describedPools(view).flatMap((pool) => {
    const known = new Set(pool.pool.scopes);
    return (pool.clients ?? []).flatMap((client): Problem[] => {
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
          how: `Declare the scopes in the environment file, then ${view.deployCommand}`,
        },
      ];
    });
  });

/** No secret is older than the limit. */
export const checkSecretAge: Check = ({ commandLine, pools }, { now, secretDays }) =>
  pools.flatMap((pool) =>
    (pool.clients ?? []).flatMap((client): Problem[] => {
      const { name, oldestSecretAt } = client;
      if (oldestSecretAt === undefined) return [];
      const days = Math.floor((now * 1000 - oldestSecretAt) / DAY_MS);
      if (days <= secretDays) return [];
      return [
        {
          severity: 'warning',
          subject: appClientSubject(pool, client),
          what: `The oldest client secret is ${days} days old; the limit is ${secretDays}.`,
          why: 'The older a secret, the more copies of it exist.',
          how: commandLine(`rotate ${pool.declared.name} ${name}`),
        },
      ];
    }),
  );
