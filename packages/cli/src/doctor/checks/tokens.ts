import { type Resolution, resolveClaims } from '@cognito-m2m/claim-schema';
import type { ListedClient } from '@cognito-m2m/claims-store/lister';
import { largestRequest } from '../../tokens/token-requests.ts';
import type { Check, CheckLimits, DeploymentView } from '../deployment-view.ts';
import type { Finding } from '../finding.ts';
import { clientSubject, type ListedPool, listedPools } from './listed-pools.ts';

/** From this share of the size budget on, the next claim may be one too many. */
const NEAR_BUDGET = 0.8;

/** What each client is issued: a token, with claims, within the size budget, and with all that was declared. */
export const checkTokens: Check = (view, limits) =>
  listedPools(view).flatMap((pool) =>
    [...pool.listing.clients.values()].flatMap((client) => checkToken(view, pool, client, limits)),
  );

interface TokenPlace {
  readonly subject: string;
  /** The command that shows the layers of the client. */
  readonly explainCommand: string;
  readonly deployCommand: string;
}

function checkToken(
  { commandLine, deployCommand }: DeploymentView,
  pool: ListedPool,
  client: ListedClient,
  limits: CheckLimits,
): Finding[] {
  const { baseline, override } = client;
  if (baseline === undefined || override?.disabled === true) return [];
  const token = resolveLargest(pool, client, limits);
  const { clientName } = baseline;
  const place = {
    subject: clientSubject(pool, client),
    explainCommand: commandLine(`explain ${pool.declared.name} ${clientName}`),
    deployCommand,
  };
  if (token.outcome === 'deny') return deniedFindings(place, token);
  const { sizeBudgetBytes } = limits.rules;
  // What is reserved in a claim layer is found there, with its place.
  const dropped = token.dropped.filter(
    ({ layer }) => layer === 'suppress' || layer === 'addScopes',
  );
  const names = dropped.map(({ name }) => name);
  return [
    ...(names.length > 0 ? [droppedFinding(place, names)] : []),
    ...(Object.keys(token.claims).length === 0 ? [emptyFinding(place)] : []),
    ...(token.sizeBytes >= sizeBudgetBytes * NEAR_BUDGET
      ? [budgetFinding(place, token.sizeBytes, sizeBudgetBytes)]
      : []),
  ];
}

function resolveLargest(pool: ListedPool, client: ListedClient, limits: CheckLimits): Resolution {
  const { clientId, baseline, override } = client;
  const { settings } = pool.listing;
  const declared = pool.declared.clients.find(({ name }) => name === baseline?.clientName);
  const appClient = pool.clients?.find((candidate) => candidate.clientId === clientId);
  const scopes = appClient?.scopes ?? declared?.scopes ?? [];
  const layers = {
    ...(baseline && { baseline }),
    ...(override && { override }),
    ...(settings && { settings }),
  };
  const request = largestRequest({ clientId, scopes, baseline });
  return resolveClaims(layers, request, limits.now, limits.rules);
}

function deniedFindings(
  { subject, explainCommand, deployCommand }: TokenPlace,
  { code, subject: claimName }: Extract<Resolution, { readonly outcome: 'deny' }>,
): Finding[] {
  // The check of the records names the claim with its layer.
  if (code === 'ERR_CLAIMS_OFF_CONTRACT') return [];
  const about = claimName === undefined ? '' : ` (${claimName})`;
  return [
    {
      check: 'records-contract',
      severity: 'error',
      subject,
      what: `The records give no token: ${code}${about}.`,
      why: 'The trigger checks the contract and the budget before every token, and refuses.',
      how: `${explainCommand} shows the layers; correct the environment file, then ${deployCommand}; or m2m unset the override.`,
    },
  ];
}

function droppedFinding({ subject, deployCommand }: TokenPlace, names: readonly string[]): Finding {
  return {
    check: 'records-contract',
    severity: 'warning',
    subject,
    what: `The records name what a token may not carry: ${names.join(', ')}.`,
    why: 'The trigger leaves these out, so that tokens hold something else than was declared.',
    how: `Take the names out of the environment file, then ${deployCommand}`,
  };
}

function emptyFinding({ subject, explainCommand, deployCommand }: TokenPlace): Finding {
  return {
    check: 'client-claims',
    severity: 'warning',
    subject,
    what: 'The largest token of the client carries no claim.',
    why: 'An API that decides by claims takes it for a caller with no rights, or with all.',
    how: `Declare claims of the client in the environment file, then ${deployCommand}; ${explainCommand} shows the layers.`,
  };
}

function budgetFinding(
  { subject, explainCommand }: TokenPlace,
  sizeBytes: number,
  budgetBytes: number,
): Finding {
  return {
    check: 'size-budget',
    severity: 'warning',
    subject,
    what: `The claims take ${sizeBytes} of ${budgetBytes} bytes.`,
    why: 'Over the budget the trigger refuses the token; gateways cut headers not far above it.',
    how: `${explainCommand} shows them; move lists into scopes or into the API, or raise trigger.sizeBudgetBytes knowingly.`,
  };
}
