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
import type { Checks, DeploymentView } from '../deployment-view.ts';
import { listedPools, recordSubject } from './subjects.ts';

/** What may be wrong with the claims in the records. */
export const RECORD_CLAIM_CHECKS = {
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
