import {
  type BaselineRecord,
  type DroppedClaim,
  type IssuedClaims,
  largestRequest,
  type Resolution,
  resolveClaims,
  supposeToken,
} from '@cognito-m2m/claim-schema';
import type { ListedClient } from '@cognito-m2m/claims-store/lister';
import type { CheckLimits, Checks, DeploymentView, PoolView, Problem } from '../deployment-view.ts';
import { hasInvalidItem, type ListedPool, listedPools, recordSubject } from './subjects.ts';

/** From this share of the size budget on, the next claim may be one too many. */
const NEAR_BUDGET = 0.8;

/** The largest token that a client can get, and how findings speak about it. */
interface LargestToken {
  readonly subject: string;
  /** The command that shows the layers of the client. */
  readonly explainCommand: string;
  readonly resolution: Resolution;
}

/** What may be wrong with the tokens that the records lead to, and with the tokens of users that they need. */
export const TOKEN_CHECKS = {
  /** Each client that is not disabled gets a token. */
  'token-issued': (view, limits) =>
    largestTokens(view, limits).flatMap(({ subject, explainCommand, resolution }): Problem[] => {
      // The check of the records names a claim that violates the contract, with its layer.
      if (resolution.outcome === 'issue' || resolution.code === 'ERR_CLAIMS_OFF_CONTRACT')
        return [];
      const about = resolution.subject === undefined ? '' : ` (${resolution.subject})`;
      return [
        {
          severity: 'error',
          subject,
          what: `The client gets no token: ${resolution.code}${about}.`,
          why: 'The trigger checks the contract and the size budget before every token, and refuses.',
          how: `${explainCommand} shows the layers. Correct the environment file, then ${view.deployCommand}; or m2m unset the override.`,
        },
      ];
    }),

  /** No record names something that a token may not carry. */
  'token-names': (view, limits) =>
    issuedTokens(view, limits).flatMap(({ subject, token }): Problem[] => {
      const names = token.dropped.filter(isDroppedName).map(({ name }) => name);
      if (names.length === 0) return [];
      return [
        {
          severity: 'warning',
          subject,
          what: `The records name what a token may not carry: ${names.join(', ')}.`,
          why: 'The trigger leaves these out, so tokens differ from what was declared.',
          how: `Remove the names from the environment file, then ${view.deployCommand}`,
        },
      ];
    }),

  /** Each token carries a claim. */
  'token-claims': (view, limits) =>
    issuedTokens(view, limits)
      .filter(({ token }) => Object.keys(token.claims).length === 0)
      .map(({ subject, explainCommand }) => ({
        severity: 'warning',
        subject,
        what: 'The largest token of the client carries no claim.',
        why: 'An API that decides by claims treats the client as one with no rights, or with all.',
        how: `Declare claims of the client in the environment file, then ${view.deployCommand}; ${explainCommand} shows the layers.`,
      })),

  /** Each token is well within the size budget. */
  'size-budget': (view, limits) => {
    const { sizeBudgetBytes } = limits.rules;
    return issuedTokens(view, limits)
      .filter(({ token }) => token.sizeBytes >= sizeBudgetBytes * NEAR_BUDGET)
      .map(({ subject, explainCommand, token }) => ({
        severity: 'warning',
        subject,
        what: `The claims take ${token.sizeBytes} of ${sizeBudgetBytes} bytes.`,
        why: 'Over the budget, the trigger refuses the token. Gateways cut headers that are not much larger.',
        how: `${explainCommand} shows them. Move lists into scopes or into the API, or raise trigger.sizeBudgetBytes.`,
      }));
  },

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

// What is reserved in a claim layer is found there, with its place.
function isDroppedName({ layer }: DroppedClaim): boolean {
  return layer === 'suppress' || layer === 'addScopes';
}

function issuedTokens(view: DeploymentView, limits: CheckLimits) {
  return largestTokens(view, limits).flatMap(
    ({ resolution, ...place }): (Omit<LargestToken, 'resolution'> & { token: IssuedClaims })[] =>
      resolution.outcome === 'issue' ? [{ ...place, token: resolution }] : [],
  );
}

function largestTokens(view: DeploymentView, limits: CheckLimits): LargestToken[] {
  return listedPools(view).flatMap((pool) =>
    [...pool.listing.clients.values()].flatMap((client) => {
      const { baseline, override } = client;
      if (baseline === undefined || override?.disabled === true) return [];
      // The newest revision may be the one that cannot be read.
      if (hasInvalidItem(pool.listing, client.clientId)) return [];
      return [
        {
          subject: recordSubject(pool, client),
          explainCommand: view.commandLine(`explain ${pool.declared.name} ${baseline.clientName}`),
          resolution: resolveLargest(pool, client, baseline, limits),
        },
      ];
    }),
  );
}

function resolveLargest(
  pool: ListedPool,
  client: ListedClient,
  baseline: BaselineRecord,
  limits: CheckLimits,
): Resolution {
  const { clientId, override } = client;
  const { settings } = pool.listing;
  const declared = pool.declared.clients.find(({ name }) => name === baseline.clientName);
  const appClient = pool.clients?.find((candidate) => candidate.clientId === clientId);
  const scopes = appClient?.settings?.scopes ?? declared?.scopes ?? [];
  const layers = { baseline, override, settings };
  const { claimsFromToken: selector } = baseline;
  // A user's token is not at hand: one that is good is supposed.
  const token = selector && supposeToken(selector, limits.rules.contract);
  const request = { ...largestRequest({ clientId, scopes, baseline }), token };
  return resolveClaims(layers, request, limits.now, limits.rules);
}

function listRequiring({ declared, listing }: PoolView) {
  return [...(listing?.found?.clients.values() ?? [])].flatMap(({ baseline }) =>
    baseline?.claimsFromToken?.required === true
      ? [{ pool: declared.name, client: baseline.clientName, key: baseline.claimsFromToken.key }]
      : [],
  );
}
