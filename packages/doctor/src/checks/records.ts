import {
  type Claims,
  type Contract,
  checkClaims,
  findSecret,
  formatFault,
  isAllowedAudience,
  joinPath,
} from '@cognito-m2m/claim-schema';
import type { ListedClient } from '@cognito-m2m/claims-store/lister';
import type { AppClientSettings, Checks, DeploymentView, Problem } from '../deployment-view.ts';
import {
  appClientSubject,
  hasInvalidItem,
  listedPools,
  poolSubject,
  recordSubject,
} from './subjects.ts';

const DAY_SECONDS = 86_400;
/** How the sort key of a baseline ends. */
const BASELINE_ENDING = '#BASELINE';

/** What may be wrong with the records of the claims table, and with the claims in them. */
export const RECORD_CHECKS = {
  /** Every app client has a baseline. */
  'client-claims': (view) =>
    listedPools(view).flatMap((pool) =>
      (pool.clients ?? [])
        .filter(({ isRegistered }) => !isRegistered)
        .filter(({ clientId }) => pool.listing.clients.get(clientId)?.baseline === undefined)
        // A baseline that cannot be read is found as what it is.
        .filter(({ clientId }) => !hasInvalidItem(pool.listing, clientId))
        .filter(({ settings }) => canUseClientCredentials(settings))
        .map((client) => ({
          severity: 'error',
          subject: appClientSubject(pool, client),
          what: `App client ${client.clientId} has no baseline in the claims table.`,
          why:
            pool.listing.settings?.unknownClients === 'issue-without-claims'
              ? 'Its tokens carry no claims.'
              : 'The trigger refuses every token for it.',
          how: `Declare the client in the environment file, then ${view.deployCommand}.`,
        })),
    ),

  /** What tokens of an existing pool depend on is in the table: without it, attaching the trigger would refuse tokens of others. */
  'records-complete': (view) =>
    listedPools(view).flatMap((pool) => {
      const { declared, listing, clientIds } = pool;
      if (declared.existing === undefined) return [];
      const missing = declared.clients.filter(({ name }) => {
        const clientId = clientIds.get(name);
        return clientId !== undefined && listing.clients.get(clientId)?.baseline === undefined;
      });
      const settings: Problem = {
        severity: 'error',
        subject: poolSubject(pool),
        what: 'The claims table has no settings record of the pool.',
        why: 'The trigger would refuse the tokens of every client that nobody declared.',
        how: view.deployCommand,
      };
      const baselines = missing.map(
        ({ name }): Problem => ({
          severity: 'error',
          subject: `client ${declared.name}/${name}`,
          what: 'The claims table has no baseline of the client.',
          why: 'Its tokens would carry none of the declared claims.',
          how: view.deployCommand,
        }),
      );
      return listing.settings === undefined ? [settings, ...baselines] : baselines;
    }),

  /** Every item of the table is a record. */
  'records-valid': (view) =>
    listedPools(view).flatMap((pool) =>
      pool.listing.invalidItems.map(({ sortKey, faults }) => ({
        severity: 'error',
        subject: poolSubject(pool),
        what: `Item "${sortKey}" is not a valid record: ${faults.map(formatFault).join('; ')}.`,
        why: 'The trigger refuses a client if it cannot read the newest item.',
        how: sortKey.endsWith(BASELINE_ENDING)
          ? `${view.deployCommand} writes the baseline again.`
          : 'Delete the item with aws dynamodb delete-item; the previous revision then applies.',
      })),
    ),

  /** Every baseline belongs to an app client. */
  'orphan-records': (view) =>
    listedPools(view).flatMap((pool) => {
      if (pool.clients === undefined) return [];
      const known = new Set(pool.clients.map(({ clientId }) => clientId));
      return [...pool.listing.clients.values()]
        .filter(({ clientId, baseline }) => baseline !== undefined && !known.has(clientId))
        .map((client) => ({
          severity: 'warning',
          subject: recordSubject(pool, client),
          what: `The claims table holds the baseline of ${client.clientId}, but the pool has no such app client.`,
          why: 'Somebody deleted the app client without a deploy: its service gets no tokens.',
          how:
            pool.declared.existing === undefined
              ? `${view.deployCommand} creates the client again, with a new ID and secret; or remove it from the environment file.`
              : `Correct its clientId in the environment file, or remove the client, then ${view.deployCommand}`,
        }));
    }),

  /** Overrides of app clients that are gone are history, which no deploy deletes: the command that does is named. */
  'records-history': (view) =>
    listedPools(view).flatMap((pool): Problem[] => {
      if (pool.clients === undefined) return [];
      const known = new Set(pool.clients.map(({ clientId }) => clientId));
      const gone = [...pool.listing.clients.values()]
        .filter(({ clientId, baseline }) => baseline === undefined && !known.has(clientId))
        .map(({ clientId }) => clientId);
      const [first] = gone;
      if (first === undefined) return [];
      const more = gone.length > MAX_IDS ? ` and ${gone.length - MAX_IDS} more` : '';
      const command = view.commandLine(`forget ${pool.declared.name} ${first}`);
      return [
        {
          severity: 'notice',
          subject: poolSubject(pool),
          what: `The claims table holds overrides of ${gone.length === 1 ? 'an app client' : `${gone.length} app clients`} that the pool no longer has: ${gone.slice(0, MAX_IDS).join(', ')}${more}.`,
          why: 'They are history: no token depends on them, and no deploy deletes them.',
          how: `Keep them, or delete them${gone.length === 1 ? '' : ' one client at a time'}: ${command}`,
        },
      ];
    }),

  /** No override ends unnoticed. */
  'claims-expiring': (view, { now, expiryDays }) =>
    listedPools(view).flatMap((pool) =>
      [...pool.listing.clients.values()].flatMap((client) =>
        Object.entries(client.override?.claims ?? {}).flatMap(
          ([name, { expiresAt }]): Problem[] => {
            if (expiresAt === undefined || expiresAt <= now) return [];
            if (expiresAt > now + expiryDays * DAY_SECONDS) return [];
            return [
              {
                severity: 'notice',
                subject: recordSubject(pool, client),
                what: `The override of "${name}" expires at ${toIsoTime(expiresAt)}.`,
                why: 'From then on, the value of the layer below applies.',
                how: 'm2m set it again with a later end, or move it to the environment file if it should stay.',
              },
            ];
          },
        ),
      ),
    ),

  /** Every claim of every layer fits the contract, those included that another layer hides or that a disabled client has. */
  'records-contract': (view, { rules, now }) =>
    eachClient(view, (client) =>
      layerClaims(withoutExpired(client, now)).flatMap((layer) =>
        checkLayer(rules.contract, layer, client.clientId),
      ),
    ).map(({ subject, faults }) => ({
      severity: 'error',
      subject,
      what: `The records violate the claim contract: ${faults.join('; ')}.`,
      why: 'The trigger refuses a token with a claim that violates the contract, and leaves out a reserved claim.',
      how: `Correct the environment file, then ${view.deployCommand}; m2m unset removes what an override sets.`,
    })),

  /** No claim of any layer looks like a secret. */
  'records-secrets': (view) =>
    eachClient(view, (client) => layerClaims(client).flatMap(findSecrets)).map(
      ({ subject, faults }) => ({
        severity: 'error',
        subject,
        what: `A claim looks like a secret: ${faults.join('; ')}.`,
        why: 'Anyone who holds a token can read its claims, and the table and its backups keep them.',
        how: `Revoke the secret and replace it. Remove it from the environment file, then ${view.deployCommand}; m2m unset removes what an override sets.`,
      }),
    ),
} satisfies Checks;

// A client for users, as in a mixed pool, never asks the trigger for machines.
function canUseClientCredentials(settings: AppClientSettings | undefined): boolean {
  return settings?.oauthFlows.includes('client_credentials') ?? false;
}

/** The most app clients that one finding lists. */
const MAX_IDS = 5;

function toIsoTime(epochSeconds: number): string {
  return new Date(epochSeconds * 1000).toISOString().replace('.000Z', 'Z');
}

// What has expired is in no token any more, whatever the contract says by now.
function withoutExpired(client: ListedClient, now: number): ListedClient {
  const { override } = client;
  if (override === undefined) return client;
  const claims = Object.entries(override.claims).filter(
    ([, { expiresAt = Number.POSITIVE_INFINITY }]) => expiresAt > now,
  );
  return { ...client, override: { ...override, claims: Object.fromEntries(claims) } };
}

/** The claims of one layer of a client's records, by where they stand. */
interface LayerClaims {
  readonly path: string;
  readonly claims: Claims;
}

function layerClaims({ baseline, override }: ListedClient): LayerClaims[] {
  const scoped = Object.entries(baseline?.claimsByScope ?? {});
  const selectors = Object.entries(baseline?.claimsFromMetadata ?? {});
  const overrides = Object.entries(override?.claims ?? {});
  return [
    { path: 'defaults', claims: baseline?.defaults ?? {} },
    { path: 'claims', claims: baseline?.claims ?? {} },
    ...scoped.map(([scope, claims]) => ({ path: joinPath('claimsByScope', scope), claims })),
    // Each value that a caller may choose, by its position: a value is never quoted.
    ...selectors.flatMap(([name, { allow }]) =>
      allow.map((value, index) => ({
        path: `claimsFromMetadata.allow[${index}]`,
        claims: { [name]: value },
      })),
    ),
    {
      path: 'override',
      claims: Object.fromEntries(overrides.map(([name, { value }]) => [name, value])),
    },
  ];
}

function checkLayer(contract: Contract, { path, claims }: LayerClaims, clientId: string): string[] {
  const { aud, ...others } = claims;
  const isAudienceRight = aud === undefined || isAllowedAudience(aud, clientId);
  return checkClaims(contract, isAudienceRight ? others : claims, path).map(formatFault);
}

function findSecrets({ path, claims }: LayerClaims): string[] {
  return Object.entries(claims).flatMap(([name, value]) => {
    const kind = findSecret(name, value);
    return kind === undefined ? [] : [`${joinPath(path, name)} (${kind})`];
  });
}

function eachClient(
  view: DeploymentView,
  find: (client: ListedClient) => readonly string[],
): { readonly subject: string; readonly faults: readonly string[] }[] {
  return listedPools(view).flatMap((pool) =>
    [...pool.listing.clients.values()].flatMap((client) => {
      const faults = find(client);
      return faults.length === 0 ? [] : [{ subject: recordSubject(pool, client), faults }];
    }),
  );
}
