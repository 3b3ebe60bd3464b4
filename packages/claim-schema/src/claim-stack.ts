import type { Claims, ClaimValue } from './claim-value.ts';
import type { BaselineRecord, MetadataSelector, OverrideRecord } from './record.ts';
import type { ClaimOrigin, ClaimRequest, Denial } from './resolution.ts';

/** One claim as one layer sets it. */
export interface StackedClaim {
  readonly name: string;
  readonly value: ClaimValue;
  readonly origin: ClaimOrigin;
}

/**
 * All claims of all layers, lowest layer first; a later claim of the same name wins.
 *
 * @param requestClaims - Those that the request brings.
 */
export function stackClaims(
  baseline: BaselineRecord,
  override: OverrideRecord | undefined,
  grantedScopes: ReadonlySet<string>,
  requestClaims: readonly StackedClaim[],
  now: number,
): StackedClaim[] {
  return [
    ...fromClaims(baseline.defaults, { layer: 'default' }),
    ...fromClaims(baseline.claims, { layer: 'baseline' }),
    ...fromOverride(override, now),
    // Sorted, because two granted scopes may set the same claim and key order must not matter.
    ...Object.entries(baseline.claimsByScope)
      .filter(([scope]) => grantedScopes.has(scope))
      .sort(([first], [second]) => compareText(first, second))
      .flatMap(([scope, claims]) => fromClaims(claims, { layer: 'scope', source: scope })),
    ...requestClaims,
  ];
}

/**
 * Picks claims from the caller's metadata through the client's allow-lists.
 *
 * @returns The claims, or the denial of the first key, by claim name, that is missing or off its list.
 */
export function selectFromMetadata(
  selectors: { readonly [claimName: string]: MetadataSelector },
  metadata: ClaimRequest['metadata'],
): StackedClaim[] | Denial {
  const selected: StackedClaim[] = [];
  for (const [name, { key, allow, required }] of sortedEntries(selectors)) {
    const value = metadata && Object.hasOwn(metadata, key) ? metadata[key] : undefined;
    if (value === undefined && !required) continue;
    if (value === undefined) return deny('ERR_METADATA_REQUIRED', key);
    const allowed = allow.find((candidate) => candidate === value);
    if (allowed === undefined) return deny('ERR_METADATA_NOT_ALLOWED', key);
    selected.push({ name, value: allowed, origin: { layer: 'metadata', source: key } });
  }
  return selected;
}

/** Makes a denial. */
export function deny(code: Denial['code'], subject?: string): Denial {
  return subject === undefined ? { outcome: 'deny', code } : { outcome: 'deny', code, subject };
}

/** Orders by UTF-16 code unit, the same on every machine. */
export function compareText(first: string, second: string): number {
  return first < second ? -1 : first > second ? 1 : 0;
}

/** Entries in the order of their names. */
function sortedEntries<T>(source: { readonly [name: string]: T }): [string, T][] {
  return Object.entries(source).sort(([first], [second]) => compareText(first, second));
}

/** The claims of an override that have not expired. */
function fromOverride(override: OverrideRecord | undefined, now: number): StackedClaim[] {
  if (override === undefined) return [];
  const lasting: ClaimOrigin = { layer: 'override', revision: override.revision };
  return Object.entries(override.claims)
    .filter(([, { expiresAt }]) => expiresAt === undefined || expiresAt > now)
    .map(([name, { value, expiresAt }]) => ({
      name,
      value,
      origin: expiresAt === undefined ? lasting : { ...lasting, expiresAt },
    }));
}

function fromClaims(claims: Claims, origin: ClaimOrigin): StackedClaim[] {
  return Object.entries(claims).map(([name, value]) => ({ name, value, origin }));
}
