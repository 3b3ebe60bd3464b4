import { isDeepStrictEqual } from 'node:util';
import {
  type ClaimLayer,
  type ClaimLayers,
  type ClaimRules,
  type ClaimValue,
  resolveClaims,
} from '@cognito-m2m/claim-schema';
import { showableValue } from '../../output/claim-text.ts';
import { type RequestVariant, requestVariants } from '../../tokens/request-variants.ts';
import type { Requester } from '../../tokens/token-requests.ts';
import type { CarrierJson } from './who-json.ts';

/** What to look for. */
export interface WantedClaim {
  readonly name: string;
  /** @default any value */
  readonly value?: ClaimValue;
}

/** One client, and the claim to look for in its tokens. */
interface ClaimSearch {
  readonly layers: ClaimLayers;
  readonly requester: Requester;
  readonly wanted: WantedClaim;
  /** Epoch seconds. */
  readonly now: number;
  readonly rules: ClaimRules;
}

/** The claim in one token. */
interface Found {
  readonly label: string;
  readonly value: ClaimValue;
  readonly layer: ClaimLayer;
}

type FoundClaim = Pick<CarrierJson, 'value' | 'layer' | 'when'>;

/** Finds a claim in the tokens of one client: once for each value and layer, with the first request that brings it. */
export function findClaim(search: ClaimSearch): FoundClaim[] {
  const tokens = requestVariants(search.requester).flatMap((variant) => resolve(search, variant));
  const found = tokens.flatMap((token) => token.found);
  const isFirst = (claim: Found, index: number) =>
    found.findIndex((other) => isSame(other, claim)) === index;
  return found.filter(isFirst).map((claim) => {
    const { label, value, layer } = claim;
    const isAlways = found.filter((other) => isSame(other, claim)).length === tokens.length;
    const shown = showableValue(search.wanted.name, value);
    return { value: shown, layer, ...(!isAlways && { when: label }) };
  });
}

// No element for a request that gets no token; a token without the claim has found nothing.
function resolve(
  { layers, wanted, now, rules }: ClaimSearch,
  { label, request }: RequestVariant,
): { readonly found: readonly Found[] }[] {
  const resolution = resolveClaims(layers, request, now, rules);
  if (resolution.outcome === 'deny') return [];
  const { claims, provenance } = resolution;
  const value = Object.hasOwn(claims, wanted.name) ? claims[wanted.name] : undefined;
  if (value === undefined || !isWanted(value, wanted.value)) return [{ found: [] }];
  const layer = provenance[wanted.name]?.layer ?? 'baseline';
  return [{ found: [{ label, value, layer }] }];
}

function isSame(first: Found, second: Found): boolean {
  return first.layer === second.layer && isDeepStrictEqual(first.value, second.value);
}

/** A list carries each of its members. */
function isWanted(value: ClaimValue, wanted: ClaimValue | undefined): boolean {
  if (wanted === undefined || isDeepStrictEqual(value, wanted)) return true;
  const [only, ...rest] = Array.isArray(wanted) ? wanted : [];
  return Array.isArray(value) && only !== undefined && rest.length === 0 && value.includes(only);
}
