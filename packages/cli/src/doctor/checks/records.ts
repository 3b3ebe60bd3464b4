import { formatFault, resolveClaims } from '@cognito-m2m/claim-schema';
import type { ListedClient } from '@cognito-m2m/claims-store/lister';
import { claimRulesOf } from '../../tokens/claim-rules.ts';
import { toIsoTime } from '../../tokens/time.ts';
import { largestRequest } from '../../tokens/token-requests.ts';
import type { Check, CheckLimits, DeploymentView, PoolView } from '../deployment-view.ts';
import type { Finding } from '../finding.ts';
import { subjectOf } from './user-pool.ts';

/** From this share of the size budget on, the next claim may be one too many. */
const NEAR_BUDGET = 0.8;
const DAY_SECONDS = 86_400;

/** Every app client has a baseline with claims. */
export const checkClientClaims: Check = ({ pools }) =>
  pools.flatMap((view) =>
    (view.clients ?? [])
      .filter(({ clientId }) => view.listing.clients.get(clientId)?.baseline === undefined)
      .map(({ name, clientId }) => ({
        check: 'client-claims',
        severity: 'error',
        subject: `client ${view.declared.name}/${name}`,
        what: `App client ${clientId} has no baseline in the claims table.`,
        why:
          view.listing.settings?.unknownClients === 'issue-without-claims'
            ? 'Its tokens carry no claims.'
            : 'The trigger refuses it every token.',
        how: 'Declare the client in the environment file and deploy, or delete it if nobody knows it.',
      })),
  );

/** Every record belongs to an app client. */
export const checkOrphans: Check = ({ pools }) =>
  pools.flatMap((view) => {
    if (view.clients === undefined) return [];
    const known = new Set(view.clients.map(({ clientId }) => clientId));
    return [...view.listing.clients.values()]
      .filter(({ clientId }) => !known.has(clientId))
      .map(({ clientId, baseline }) => ({
        check: 'orphan-records',
        severity: 'warning',
        subject: baseline ? `client ${view.declared.name}/${baseline.clientName}` : subjectOf(view),
        what: `The claims table holds records of ${clientId}, which is no app client of the pool.`,
        why: 'They are dead weight, and they say what a client could do that is gone.',
        how: 'Look at them with m2m list, then delete them from the table if the client is gone for good.',
      }));
  });

/** Every item of the table is a record. */
export const checkItems: Check = ({ pools }) =>
  pools.flatMap((view) =>
    view.listing.invalidItems.map(({ sortKey, faults }) => ({
      check: 'records-valid',
      severity: 'error',
      subject: subjectOf(view),
      what: `Item "${sortKey}" is no record: ${faults.map(formatFault).join('; ')}.`,
      why: 'The trigger refuses the client whose newest item it can not read.',
      how: 'Deploy for a baseline; for an override, delete the item, so that the revision before it shows.',
    })),
  );

/** What each client is issued fits the contract and the size budget. */
export const checkTokens: Check = (view, limits) =>
  view.pools.flatMap((pool) =>
    [...pool.listing.clients.values()].flatMap((client) => checkToken(view, pool, client, limits)),
  );

function checkToken(
  { environment }: DeploymentView,
  pool: PoolView,
  client: ListedClient,
  { now }: CheckLimits,
): Finding[] {
  const { clientId, baseline, override } = client;
  if (baseline === undefined || override?.disabled === true) return [];
  const declared = pool.declared.clients.find(({ name }) => name === baseline.clientName);
  const appClient = pool.clients?.find((candidate) => candidate.clientId === clientId);
  const scopes = appClient?.scopes ?? declared?.scopes ?? [];
  const rules = claimRulesOf(environment);
  const { settings } = pool.listing;
  const layers = { baseline, ...(override && { override }), ...(settings && { settings }) };
  const token = resolveClaims(layers, largestRequest({ clientId, scopes, baseline }), now, rules);
  const subject = `client ${pool.declared.name}/${baseline.clientName}`;
  if (token.outcome === 'deny') return [deniedFinding(subject, token.code, token.subject)];
  const dropped = token.dropped.map(({ name }) => name);
  return [
    ...(dropped.length > 0 ? [droppedFinding(subject, dropped)] : []),
    ...(token.sizeBytes >= rules.sizeBudgetBytes * NEAR_BUDGET
      ? [budgetFinding(subject, token.sizeBytes, rules.sizeBudgetBytes)]
      : []),
  ];
}

function deniedFinding(subject: string, code: string, claimName: string | undefined): Finding {
  return {
    check: 'records-contract',
    severity: 'error',
    subject,
    what: `The records give no token: ${code}${claimName === undefined ? '' : ` (${claimName})`}.`,
    why: 'The trigger checks the contract and the budget before every token, and refuses.',
    how: 'm2m explain shows the layers; correct the environment file and deploy, or m2m unset the override.',
  };
}

function droppedFinding(subject: string, names: readonly string[]): Finding {
  return {
    check: 'records-contract',
    severity: 'warning',
    subject,
    what: `The records name what a token may not carry: ${names.join(', ')}.`,
    why: 'The trigger leaves these out, so that tokens hold less than was declared.',
    how: 'Take the names out of the environment file and deploy, or m2m unset them.',
  };
}

function budgetFinding(subject: string, sizeBytes: number, budgetBytes: number): Finding {
  return {
    check: 'size-budget',
    severity: 'warning',
    subject,
    what: `The claims take ${sizeBytes} of ${budgetBytes} bytes.`,
    why: 'Over the budget the trigger refuses the token; gateways cut headers not far above it.',
    how: 'Move lists into scopes or into the API, or raise trigger.sizeBudgetBytes knowingly.',
  };
}

/** No override ends unnoticed. */
export const checkExpiries: Check = ({ pools }, { now, expiryDays }) =>
  pools.flatMap((view) =>
    [...view.listing.clients.values()].flatMap(({ clientId, baseline, override }) => {
      const soon = Object.entries(override?.claims ?? {}).filter(
        ([, { expiresAt = Number.POSITIVE_INFINITY }]) =>
          expiresAt > now && expiresAt <= now + expiryDays * DAY_SECONDS,
      );
      return soon.map(([name, { expiresAt = 0 }]) => ({
        check: 'claims-expiring' as const,
        severity: 'warning' as const,
        subject: `client ${view.declared.name}/${baseline?.clientName ?? clientId}`,
        what: `The override of "${name}" expires at ${toIsoTime(expiresAt)}.`,
        why: 'From that second on the layer below shows again.',
        how: 'm2m set it again with a later end, or put it into the environment file, if it should stay.',
      }));
    }),
  );
