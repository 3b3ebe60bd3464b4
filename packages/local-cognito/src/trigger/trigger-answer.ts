import type { CognitoBehaviour } from '../model/behaviour.ts';
import { fail, type Outcome, succeed } from '../model/outcome.ts';
import type { TriggerFailure } from './trigger-call.ts';

/** What a trigger asks to change in the access token. */
export interface TokenChanges {
  readonly claimsToAddOrOverride: { readonly [name: string]: unknown };
  readonly claimsToSuppress: readonly string[];
  readonly scopesToAdd: readonly string[];
  readonly scopesToSuppress: readonly string[];
}

/** The fields that the answer, being the whole event, has in common with the event. */
const COMMON_FIELDS = ['version', 'triggerSource', 'region', 'userPoolId', 'callerContext'];

/**
 * Reads the answer of a version 3 trigger.
 *
 * @param payload - The answer as JSON text.
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html
 */
export function readTriggerAnswer(
  payload: string,
  behaviour: Pick<CognitoBehaviour, 'missingAnswerFields' | 'unusualClaimValues'>,
): Outcome<TokenChanges, TriggerFailure> {
  const answer: unknown = JSON.parse(payload);
  if (!isObject(answer)) return invalid('the answer is not an object');
  const missing = COMMON_FIELDS.find((name) => !Object.hasOwn(answer, name));
  if (missing !== undefined && behaviour.missingAnswerFields === 'fail') {
    return invalid(`the answer has no "${missing}"`);
  }
  if (!isObject(answer['response'])) return invalid('the answer has no "response"');
  const details = answer['response']['claimsAndScopeOverrideDetails'] ?? {};
  if (!isObject(details)) return invalid('"claimsAndScopeOverrideDetails" is not an object');
  const changes = details['accessTokenGeneration'] ?? {};
  if (!isObject(changes)) return invalid('"accessTokenGeneration" is not an object');
  return readChanges(changes, behaviour.unusualClaimValues === 'keep');
}

function readChanges(
  changes: Record<string, unknown>,
  isAnyClaim: boolean,
): Outcome<TokenChanges, TriggerFailure> {
  const claims = changes['claimsToAddOrOverride'] ?? {};
  if (!isObject(claims)) return invalid('"claimsToAddOrOverride" is not an object');
  const claim = Object.entries(claims).find(([, value]) => !isAnyClaim && !isClaimValue(value));
  if (claim !== undefined) return invalid(`claim "${claim[0]}" has a value of an unsupported type`);
  const lists = LIST_NAMES.map((name) => changes[name] ?? []);
  const bad = lists.findIndex((list) => !isStringList(list));
  if (bad >= 0) return invalid(`"${LIST_NAMES[bad]}" is not a list of strings`);
  const [claimsToSuppress = [], scopesToAdd = [], scopesToSuppress = []] =
    lists.filter(isStringList);
  return succeed({
    claimsToAddOrOverride: claims,
    claimsToSuppress,
    scopesToAdd,
    scopesToSuppress,
  });
}

const LIST_NAMES = ['claimsToSuppress', 'scopesToAdd', 'scopesToSuppress'] as const;

/** Strings, numbers, booleans, arrays of those, and JSON objects. */
function isClaimValue(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isScalar);
  return isScalar(value) || isObject(value);
}

function isScalar(value: unknown): boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

function isStringList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((member) => typeof member === 'string');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @param problem - Where the answer is wrong; never a value out of it. */
function invalid(problem: string): Outcome<never, TriggerFailure> {
  return fail({ kind: 'malformed-answer', message: problem });
}
