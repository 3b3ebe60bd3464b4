import { isDeepStrictEqual } from 'node:util';
import type { Claims, ClaimValue, Resolution } from '@cognito-m2m/claim-schema';
import { claimText, showableValue } from '../output/claim-text.ts';
import { plainText } from '../output/plain-text.ts';
import type { Style } from '../output/style.ts';

/** One claim that two tokens do not share. */
export interface ClaimDiff {
  readonly name: string;
  readonly change: 'added' | 'removed' | 'changed';
  /** @default absent for an added claim */
  readonly before?: ClaimValue;
  /** @default absent for a removed claim */
  readonly after?: ClaimValue;
}

/** How two tokens differ; each list is empty if they do not. */
export interface TokenDiff {
  /** Sorted by name. */
  readonly claims: readonly ClaimDiff[];
  /** The outcome of each side, only if they differ: `issued` or the code of a denial. */
  readonly outcome?: { readonly before: string; readonly after: string };
}

/** Compares two tokens, denials included. */
export function diffTokens(before: Resolution, after: Resolution): TokenDiff {
  const outcome = { before: outcomeOf(before), after: outcomeOf(after) };
  return {
    claims: diffClaims(claimsOf(before), claimsOf(after)),
    ...(outcome.before !== outcome.after && { outcome }),
  };
}

/** True if there is nothing to tell. */
export function isSameToken({ claims, outcome }: TokenDiff): boolean {
  return claims.length === 0 && outcome === undefined;
}

/** Compares claims by name; values as JSON, key order aside. */
export function diffClaims(before: Claims, after: Claims): ClaimDiff[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap((name): ClaimDiff[] => {
    const old = Object.hasOwn(before, name) ? before[name] : undefined;
    const fresh = Object.hasOwn(after, name) ? after[name] : undefined;
    if (old === undefined)
      return fresh === undefined ? [] : [{ name, change: 'added', after: fresh }];
    if (fresh === undefined) return [{ name, change: 'removed', before: old }];
    return isDeepStrictEqual(old, fresh)
      ? []
      : [{ name, change: 'changed', before: old, after: fresh }];
  });
}

/** The differences as they may be shown in JSON. */
export function showableDiff(diff: readonly ClaimDiff[]): ClaimDiff[] {
  return diff.map(({ name, change, before, after }) => ({
    name,
    change,
    ...(before !== undefined && { before: showableValue(name, before) }),
    ...(after !== undefined && { after: showableValue(name, after) }),
  }));
}

/** The differences as lines: `+ name value`, `- name value`, `~ name value → value`. */
export function renderDiff({ claims, outcome }: TokenDiff, { colours }: Style): string[] {
  const outcomeLine =
    outcome === undefined ? [] : [colours.yellow(`! token: ${outcome.before} → ${outcome.after}`)];
  return [...outcomeLine, ...claims.map((claim) => renderClaim(claim, colours))];
}

function renderClaim({ name, before, after }: ClaimDiff, colours: Style['colours']): string {
  const old = before === undefined ? undefined : claimText(name, before);
  const fresh = after === undefined ? undefined : claimText(name, after);
  const label = plainText(name);
  if (old === undefined) return colours.green(`+ ${label} ${fresh}`);
  if (fresh === undefined) return colours.red(`- ${label} ${old}`);
  return colours.yellow(`~ ${label} ${old} → ${fresh}`);
}

function claimsOf(resolution: Resolution): Claims {
  return resolution.outcome === 'issue' ? resolution.claims : {};
}

function outcomeOf(resolution: Resolution): string {
  return resolution.outcome === 'issue' ? 'issued' : resolution.code;
}
