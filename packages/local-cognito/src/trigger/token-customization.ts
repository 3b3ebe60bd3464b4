import {
  isAllowedAudience,
  isReservedClaimName,
  isUnsuppressibleClaimName,
  MAX_CHANGES_PER_TOKEN,
} from '@cognito-m2m/claim-schema';
import type { CognitoBehaviour } from '../model/behaviour.ts';
import { fail, type Outcome, succeed } from '../model/outcome.ts';
import type { TokenChanges } from './trigger-answer.ts';
import type { TriggerFailure } from './trigger-call.ts';

/** What a trigger changes once Amazon Cognito's own rules are applied. */
export interface Customization {
  readonly claims: { readonly [name: string]: unknown };
  readonly scopes: readonly string[];
  /** Reserved claims that the trigger tried to change. */
  readonly ignoredClaims: readonly string[];
}

/**
 * Applies a trigger's changes as Amazon Cognito does: reserved claims stay, suppressing beats adding, at most 5,000 changes.
 *
 * @param granted - The scopes before the trigger.
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html
 */
export function customizeToken(
  changes: TokenChanges,
  granted: readonly string[],
  clientId: string,
  behaviour: CognitoBehaviour,
): Outcome<Customization, TriggerFailure> {
  const { claimsToAddOrOverride, claimsToSuppress, scopesToAdd, scopesToSuppress } = changes;
  const names = Object.keys(claimsToAddOrOverride);
  const count = [names, claimsToSuppress, scopesToAdd, scopesToSuppress].reduce(
    (sum, list) => sum + list.length,
    0,
  );
  if (behaviour.tooManyChanges === 'fail' && count > MAX_CHANGES_PER_TOKEN) {
    return refuse(`${count} changes, at most 5,000 are allowed`);
  }

  const forbidden = names.filter((name) =>
    isForbidden(name, claimsToAddOrOverride[name], clientId),
  );
  const ignoredClaims = [...forbidden, ...claimsToSuppress.filter(isUnsuppressibleClaimName)];
  if (behaviour.reservedClaims === 'fail' && ignoredClaims.length > 0) {
    return refuse(`reserved claims: ${ignoredClaims.join(', ')}`);
  }
  const isMalformed = scopesToAdd.some((scope) => !/^\S+$/.test(scope));
  if (behaviour.malformedScopes === 'fail' && isMalformed) {
    return refuse('a scope to add is empty or contains a space');
  }

  const suppressed = claimsToSuppress.filter((name) => !isUnsuppressibleClaimName(name));
  const left = new Set([...suppressed, ...forbidden]);
  const claims = Object.entries(claimsToAddOrOverride).filter(([name]) => !left.has(name));
  return succeed({
    claims: Object.fromEntries(claims),
    scopes: changeScopes(granted, changes, behaviour),
    ignoredClaims,
  });
}

function changeScopes(
  granted: readonly string[],
  { scopesToAdd, scopesToSuppress }: TokenChanges,
  { scopeAddedAndSuppressed }: CognitoBehaviour,
): string[] {
  const added = scopesToAdd.filter((scope) => /^\S+$/.test(scope));
  const suppressed = new Set(scopesToSuppress);
  if (scopeAddedAndSuppressed === 'added') for (const scope of added) suppressed.delete(scope);
  return [...new Set([...granted, ...added])].filter((scope) => !suppressed.has(scope));
}

function isForbidden(name: string, value: unknown, clientId: string): boolean {
  if (name === 'aud') return !isAllowedAudience(value, clientId);
  return isReservedClaimName(name);
}

function refuse(problem: string): Outcome<never, TriggerFailure> {
  return fail({ kind: 'malformed-answer', message: problem });
}
