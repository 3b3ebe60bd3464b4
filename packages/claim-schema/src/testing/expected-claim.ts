import type { ClaimValue } from '../claim-value.ts';
import type { ClaimLayer, IssuedClaims } from '../resolution.ts';
import type { ResolverInput } from './arbitraries.ts';
import { A_CLIENT_ID } from './records.ts';

/** A claim as the highest of the layers that set it has it. */
export interface ExpectedClaim {
  readonly layer: ClaimLayer;
  readonly value: ClaimValue;
}

/** Every name that any layer of an input sets a claim by. */
export function declaredNames({ layers: { baseline, override } }: ResolverInput): string[] {
  const maps = [
    baseline?.defaults,
    baseline?.claims,
    override?.claims,
    ...Object.values(baseline?.claimsByScope ?? {}),
    baseline?.claimsFromMetadata,
    baseline?.claimsFromToken?.claims,
  ];
  return [...new Set(maps.flatMap((map) => Object.keys(map ?? {})))];
}

/**
 * Finds what a token should carry for a name, by asking the layers one by one from the highest down: another way than the
 * resolver's, which it is compared with. Leaves reserved and suppressed names to the caller.
 *
 * @param scopes - The scopes that the token changes.
 */
export function expectedClaim(
  name: string,
  { layers: { baseline, override }, request, now, rules }: ResolverInput,
  scopes: IssuedClaims['scopes'],
): ExpectedClaim | undefined {
  if (baseline === undefined) return undefined;
  const granted = [...request.scopes, ...scopes.add]
    .filter((scope) => !scopes.suppress.includes(scope))
    .sort()
    .reverse();
  const selector = own(baseline.claimsFromMetadata, name);
  const selected = selector && own(request.metadata ?? {}, selector.key);
  const overridden = own(override?.claims ?? {}, name);
  const isOver = (overridden?.expiresAt ?? Number.POSITIVE_INFINITY) <= now;
  const isTaken = baseline.claimsFromToken && Object.hasOwn(baseline.claimsFromToken.claims, name);
  const isVerified = request.token?.outcome === 'verified' && isTaken;
  const isOnlyVerified = own(rules.contract, name)?.verified === true;
  const candidates: [ClaimLayer, unknown][] = [
    ['token', isVerified ? own(request.token.claims, name) : undefined],
    ['metadata', selected],
    ...granted.map((scope): [ClaimLayer, unknown] => [
      'scope',
      own(own(baseline.claimsByScope, scope) ?? {}, name),
    ]),
    ['override', isOver ? undefined : overridden?.value],
    ['baseline', own(baseline.claims, name)],
    ['default', own(baseline.defaults, name)],
  ];
  const found = candidates.find(
    ([layer, value]) =>
      value !== undefined &&
      (name !== 'aud' || value === A_CLIENT_ID) &&
      (layer === 'token' || !isOnlyVerified),
  );
  return found && { layer: found[0], value: found[1] as ClaimValue };
}

function own<T>(map: { readonly [name: string]: T }, name: string): T | undefined {
  return Object.hasOwn(map, name) ? map[name] : undefined;
}
