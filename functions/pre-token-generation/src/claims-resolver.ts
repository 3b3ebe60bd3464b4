import {
  type ClaimLayers,
  type ClaimRequest,
  type ClaimRules,
  type IssuedClaims,
  type Resolution,
  resolveClaims,
} from '@cognito-m2m/claim-schema';

/** Decides about one token by the rules of the environment; the arguments of `resolveClaims`. */
export type ResolveClaims = (
  layers: ClaimLayers,
  request: ClaimRequest,
  nowSeconds: number,
) => Resolution;

/** The last token that was issued from a record, and everything else that its claims depend on. */
interface LastIssued {
  readonly issued: IssuedClaims;
  readonly clientId: string;
  readonly scopes: readonly string[];
  /** The values that the record's metadata selectors look at. */
  readonly selected: readonly unknown[];
  /** Epoch seconds: no override claim comes or goes from this second on, and before `untilSeconds`. */
  readonly fromSeconds: number;
  readonly untilSeconds: number;
}

/**
 * Creates a `resolveClaims` that remembers, for each record, the last token that was issued from it.
 *
 * A record that is read again is another object, whatever it holds: nothing outlives the record that it was made from. One
 * token each bounds the memory; who alternates between scopes is resolved each time.
 *
 * @returns A function whose answers, if issued, are frozen: several tokens share one.
 */
export function createClaimsResolver(rules: ClaimRules): ResolveClaims {
  const lastIssued = new WeakMap<ClaimLayers, LastIssued>();
  return (layers, request, nowSeconds) => {
    const last = lastIssued.get(layers);
    if (last !== undefined && isSameToken(last, layers, request, nowSeconds)) return last.issued;
    const resolution = resolveClaims(layers, request, nowSeconds, rules);
    // Users' tokens differ from request to request.
    if (resolution.outcome === 'deny' || request.token !== undefined) return resolution;
    const { clientId, scopes } = request;
    lastIssued.set(layers, {
      issued: freezeDeeply(resolution),
      clientId,
      // A copy, because the event is the caller's.
      scopes: [...scopes],
      selected: selectValues(layers, request),
      ...findConstantSeconds(layers, nowSeconds),
    });
    return resolution;
  };
}

function isSameToken(
  last: LastIssued,
  layers: ClaimLayers,
  request: ClaimRequest,
  nowSeconds: number,
): boolean {
  return (
    request.token === undefined &&
    nowSeconds >= last.fromSeconds &&
    nowSeconds < last.untilSeconds &&
    request.clientId === last.clientId &&
    isSameList(request.scopes, last.scopes) &&
    isSameList(selectValues(layers, request), last.selected)
  );
}

function selectValues({ baseline }: ClaimLayers, { metadata }: ClaimRequest): unknown[] {
  return Object.values(baseline?.claimsFromMetadata ?? {}).map(({ key }) =>
    metadata && Object.hasOwn(metadata, key) ? metadata[key] : undefined,
  );
}

/** The seconds around `nowSeconds` in which the same claims of the override are unexpired. */
function findConstantSeconds({ override }: ClaimLayers, nowSeconds: number) {
  let [fromSeconds, untilSeconds] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (const { expiresAt } of Object.values(override?.claims ?? {})) {
    if (expiresAt === undefined) continue;
    if (expiresAt > nowSeconds) untilSeconds = Math.min(untilSeconds, expiresAt);
    else fromSeconds = Math.max(fromSeconds, expiresAt);
  }
  return { fromSeconds, untilSeconds };
}

function isSameList(first: readonly unknown[], second: readonly unknown[]): boolean {
  return first.length === second.length && first.every((member, index) => member === second[index]);
}

function freezeDeeply<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach(freezeDeeply);
    Object.freeze(value);
  }
  return value;
}
