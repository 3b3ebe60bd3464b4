import type { CognitoBehaviour } from '../behaviour.ts';

/** What a trigger asks to change in the access token. */
export interface TokenChanges {
  readonly claimsToAddOrOverride: { readonly [name: string]: unknown };
  readonly claimsToSuppress: readonly string[];
  readonly scopesToAdd: readonly string[];
  readonly scopesToSuppress: readonly string[];
}

/** A trigger's answer, read. */
export type TriggerAnswer =
  | { readonly isValid: true; readonly changes: TokenChanges }
  | {
      readonly isValid: false;
      /** Where the answer is wrong; never a value out of it. */
      readonly problem: string;
    };

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
): TriggerAnswer {
  const answer: unknown = JSON.parse(payload);
  if (!isObject(answer)) return invalid('the answer is no object');
  const missing = COMMON_FIELDS.find((name) => !Object.hasOwn(answer, name));
  if (missing !== undefined && behaviour.missingAnswerFields === 'fail') {
    return invalid(`the answer has no "${missing}"`);
  }
  if (!isObject(answer['response'])) return invalid('the answer has no "response"');
  const details = answer['response']['claimsAndScopeOverrideDetails'] ?? {};
  if (!isObject(details)) return invalid('"claimsAndScopeOverrideDetails" is no object');
  const changes = details['accessTokenGeneration'] ?? {};
  if (!isObject(changes)) return invalid('"accessTokenGeneration" is no object');
  return readChanges(changes, behaviour.unusualClaimValues === 'keep');
}

function readChanges(changes: Record<string, unknown>, isAnyClaim: boolean): TriggerAnswer {
  const claims = changes['claimsToAddOrOverride'] ?? {};
  if (!isObject(claims)) return invalid('"claimsToAddOrOverride" is no object');
  const claim = Object.entries(claims).find(([, value]) => !isAnyClaim && !isClaimValue(value));
  if (claim !== undefined) return invalid(`claim "${claim[0]}" has no value of a supported type`);
  const lists = LIST_NAMES.map((name) => changes[name] ?? []);
  const bad = lists.findIndex((list) => !isTextList(list));
  if (bad >= 0) return invalid(`"${LIST_NAMES[bad]}" is no list of texts`);
  const [claimsToSuppress = [], scopesToAdd = [], scopesToSuppress = []] = lists as string[][];
  return {
    isValid: true,
    changes: { claimsToAddOrOverride: claims, claimsToSuppress, scopesToAdd, scopesToSuppress },
  };
}

const LIST_NAMES = ['claimsToSuppress', 'scopesToAdd', 'scopesToSuppress'] as const;

/** Texts, numbers, booleans, arrays of those, and JSON objects. */
function isClaimValue(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isScalar);
  return isScalar(value) || isObject(value);
}

function isScalar(value: unknown): boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

function isTextList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((member) => typeof member === 'string');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function invalid(problem: string): TriggerAnswer {
  return { isValid: false, problem };
}
