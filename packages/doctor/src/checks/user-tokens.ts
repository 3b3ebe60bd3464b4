import type { Checks, PoolView } from '../deployment-view.ts';

/** What may be wrong with the verification of user tokens. */
export const USER_TOKEN_CHECKS = {
  /** The keys of each issuer of users' tokens can be read. */
  'token-issuers': ({ unreadableIssuers, deployCommand }) =>
    unreadableIssuers.map(({ name, pool, reason }) => ({
      severity: 'error',
      subject: `pool ${pool}`,
      what: `The keys of issuer "${name}" cannot be read: ${reason}.`,
      why: 'The trigger cannot verify the tokens of its users: a client that requires one gets no token.',
      how: `Open the discovery document of the issuer. If its address has changed, correct tokenIssuers, then ${deployCommand}`,
    })),

  /** The app clients whose users' tokens are accepted still exist. */
  'token-issuer-clients': ({ goneIssuerClients, deployCommand }) =>
    goneIssuerClients.map(({ name, pool, clientId }) => ({
      severity: 'warning',
      subject: `pool ${pool}`,
      what: `The user pool of issuer "${name}" has no app client ${clientId}.`,
      why: 'No user can get a token of this app client. If it was replaced, the tokens of its replacement are refused.',
      how: `Correct clientIds of tokenIssuers.${name}, then ${deployCommand}`,
    })),

  /** The callers of clients that require a user token send one. */
  'token-required': ({ requestsWithoutUserToken = 0, pools, commandLine }) => {
    if (requestsWithoutUserToken === 0) return [];
    const clients = pools.flatMap(listRequiring);
    const requests = requestsWithoutUserToken === 1 ? 'request' : 'requests';
    return clients.map(({ pool, client, key }) => ({
      severity: 'warning',
      subject: `client ${pool}/${client}`,
      what: `${requestsWithoutUserToken} token ${requests} of the last 7 days held no user token (ERR_TOKEN_REQUIRED)${clients.length === 1 ? '' : `, at one or several of ${clients.length} clients that require one`}.`,
      why: 'A caller that does not send the token of its user gets no token.',
      how: `Have the caller send it as metadata "${key}": ${commandLine(`handover ${pool} ${client}`)} shows how. The trigger's log line names the client of each refusal.`,
    }));
  },
} satisfies Checks;

function listRequiring({ declared, listing }: PoolView) {
  return [...(listing?.found?.clients.values() ?? [])].flatMap(({ baseline }) =>
    baseline?.claimsFromToken?.required === true
      ? [{ pool: declared.name, client: baseline.clientName, key: baseline.claimsFromToken.key }]
      : [],
  );
}
