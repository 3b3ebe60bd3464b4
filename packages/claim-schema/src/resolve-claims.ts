import { checkClaimValue } from './claim-rules.ts';
import {
  compareText,
  deny,
  type StackedClaim,
  selectFromMetadata,
  stackClaims,
} from './claim-stack.ts';
import { type ClaimValue, sortMembers } from './claim-value.ts';
import { type Contract, definitionOf, requiredClaimNames } from './contract-definition.ts';
import { claimsSizeBytes, MAX_CHANGES_PER_TOKEN } from './limits.ts';
import type { BaselineRecord, ClaimLayers, SettingsRecord } from './record.ts';
import {
  isAddableScope,
  isAllowedAudience,
  isReservedClaimName,
  isUnsuppressibleClaimName,
} from './reserved-names.ts';
import type {
  ClaimOrigin,
  ClaimRequest,
  Denial,
  DroppedClaim,
  IssuedClaims,
  Resolution,
} from './resolution.ts';
import { selectFromToken } from './select-from-token.ts';

/** What holds for every token of an environment. */
export interface ClaimRules {
  readonly contract: Contract;
  /** Most bytes that the added claims may take as compact JSON. */
  readonly sizeBudgetBytes: number;
}

/**
 * Decides which claims a token carries, or that there is no token.
 *
 * Pure, total and deterministic: the trigger, the command line, the local server and the tests all call it.
 * A client that nobody declared keeps its token unchanged in a pool that allows it; the contract does not apply to it.
 *
 * Later layers win: pool defaults, client baseline, unexpired override, granted scopes, metadata, verified token.
 *
 * @param layers - What the claims table holds for the client.
 * @param now - Epoch seconds. An override claim is gone in the second in which it expires.
 * @returns The claims with the layer of each, or a denial with a code.
 */
export function resolveClaims(
  layers: ClaimLayers,
  request: ClaimRequest,
  now: number,
  rules: ClaimRules,
): Resolution {
  if (layers.override?.disabled) return deny('ERR_CLIENT_DISABLED');
  const { baseline } = layers;
  if (baseline === undefined) {
    return layers.settings?.unknownClients === 'issue-without-claims'
      ? assemble([], [], { add: [], suppress: [] }, [])
      : deny('ERR_CLIENT_UNKNOWN');
  }
  const metadataClaims = selectFromMetadata(baseline.claimsFromMetadata, request.metadata);
  if (!Array.isArray(metadataClaims)) return metadataClaims;
  const fromToken = selectFromToken(baseline.claimsFromToken, request.token, rules.contract);
  if ('outcome' in fromToken) return fromToken;

  const { scopes, dropped: droppedScopes } = changeScopes(baseline, layers.settings);
  const granted = grantScopes(request.scopes, scopes);
  const requestClaims = [...metadataClaims, ...fromToken.claims];
  const stack = stackClaims(baseline, layers.override, granted, requestClaims, now);
  const kept = dropForbidden(stack, request.clientId, rules.contract);
  const suppress = splitSuppressed(baseline.suppressClaims);
  const dropped = [...kept.dropped, ...suppress.dropped, ...droppedScopes, ...fromToken.dropped];
  const issued = assemble(kept.claims, suppress.names, scopes, dropped);
  return findDenial(issued, rules, baseline.poolName) ?? issued;
}

/** True if the pool's settings decide about a token, and must be read: without a baseline, and with scopes to add. */
export function needsSettings({ baseline, override }: ClaimLayers): boolean {
  if (override?.disabled) return false;
  return baseline === undefined || baseline.addScopes.length > 0;
}

type ScopeChanges = IssuedClaims['scopes'];

function changeScopes(
  baseline: BaselineRecord,
  settings: SettingsRecord | undefined,
): {
  readonly scopes: ScopeChanges;
  readonly dropped: readonly DroppedClaim[];
} {
  const suppress = sortedNames(baseline.suppressScopes);
  // Suppressing wins, as it does in Amazon Cognito.
  const wanted = sortedNames(baseline.addScopes).filter((scope) => !suppress.includes(scope));
  const declared = new Set(settings?.declaredScopes);
  const add: string[] = [];
  const dropped: DroppedClaim[] = [];
  for (const name of wanted) {
    const reason = !isAddableScope(name) ? 'scope' : declared.has(name) ? undefined : 'undeclared';
    if (reason === undefined) add.push(name);
    else dropped.push({ name, layer: 'addScopes', reason });
  }
  return { scopes: { add, suppress }, dropped };
}

function grantScopes(requested: readonly string[], { add, suppress }: ScopeChanges): Set<string> {
  const granted = new Set([...requested, ...add]);
  for (const scope of suppress) granted.delete(scope);
  return granted;
}

interface Kept {
  readonly claims: readonly StackedClaim[];
  readonly dropped: readonly DroppedClaim[];
}

function dropForbidden(stack: readonly StackedClaim[], clientId: string, contract: Contract): Kept {
  const claims: StackedClaim[] = [];
  const dropped: DroppedClaim[] = [];
  for (const claim of stack) {
    const reason = findDropReason(claim, clientId, contract);
    if (reason === undefined) claims.push(claim);
    else dropped.push({ name: claim.name, layer: claim.origin.layer, reason });
  }
  return { claims, dropped };
}

function findDropReason(
  { name, value, origin }: StackedClaim,
  clientId: string,
  contract: Contract,
): DroppedClaim['reason'] | undefined {
  if (isReservedClaimName(name)) return 'reserved';
  if (name === 'aud' && !isAllowedAudience(value, clientId)) return 'audience';
  const isVerified = definitionOf(contract, name)?.verified === true;
  return isVerified && origin.layer !== 'token' ? 'unverified' : undefined;
}

function splitSuppressed(names: readonly string[]): {
  names: string[];
  dropped: DroppedClaim[];
} {
  const sorted = sortedNames(names);
  return {
    names: sorted.filter((name) => !isUnsuppressibleClaimName(name)),
    dropped: sorted
      .filter(isUnsuppressibleClaimName)
      .map((name) => ({ name, layer: 'suppress', reason: 'reserved' })),
  };
}

function assemble(
  claims: readonly StackedClaim[],
  suppress: readonly string[],
  scopes: ScopeChanges,
  dropped: readonly DroppedClaim[],
): IssuedClaims {
  const winners = new Map<string, StackedClaim>();
  for (const claim of claims) winners.set(claim.name, claim);
  for (const name of suppress) winners.delete(name);

  const sorted = [...winners.values()].sort((a, b) => compareText(a.name, b.name));
  const values = Object.fromEntries<ClaimValue>(
    sorted.map(({ name, value }) => [name, sortMembers(value)]),
  );
  return {
    outcome: 'issue',
    claims: values,
    suppress,
    scopes,
    provenance: Object.fromEntries<ClaimOrigin>(sorted.map(({ name, origin }) => [name, origin])),
    dropped: [...dropped].sort((a, b) =>
      compareText(`${a.name}\n${a.layer}`, `${b.name}\n${b.layer}`),
    ),
    sizeBytes: claimsSizeBytes(values),
  };
}

function findDenial(issued: IssuedClaims, rules: ClaimRules, poolName: string): Denial | undefined {
  const { claims, suppress, scopes, sizeBytes } = issued;
  const names = Object.keys(claims);
  const misfit = names.find(
    (name) =>
      name !== 'aud' && checkClaimValue(rules.contract, name, claims[name], name) !== undefined,
  );
  if (misfit !== undefined) return deny('ERR_CLAIMS_OFF_CONTRACT', misfit);

  const required = requiredClaimNames(rules.contract, poolName);
  const missing = required.find((name) => !Object.hasOwn(claims, name));
  if (missing !== undefined) return deny('ERR_CLAIMS_REQUIRED', missing);
  if (sizeBytes > rules.sizeBudgetBytes) return deny('ERR_CLAIMS_TOO_LARGE');

  const changes = names.length + suppress.length + scopes.add.length + scopes.suppress.length;
  return changes > MAX_CHANGES_PER_TOKEN ? deny('ERR_CLAIMS_TOO_MANY') : undefined;
}

function sortedNames(names: readonly string[]): string[] {
  // Most lists are empty.
  return names.length < 2 ? [...names] : [...new Set(names)].sort(compareText);
}
