import type { ClaimDefinition } from '@cognito-m2m/claim-schema';
import { claimError } from './read-claims.ts';

/** How an authorizer of API Gateway writes claims: of REST APIs, of HTTP APIs. */
export type Rendering = 'rest' | 'http';

/** Reads one claim back from the text that API Gateway made of it; text that does not fit comes back as it is. */
export type RenderedClaimReader = (text: string) => unknown;

const NUMBER = /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i;

/**
 * Creates the reader of one claim.
 *
 * A REST authorizer joins the elements of an array with commas, an HTTP one writes `[a b]`.
 *
 * @param isPlainList - True if somebody promises that no element is empty, holds a space or a comma, or begins or ends with a
 *   bracket; the reader throws `ERR_CLAIM_AMBIGUOUS` where it sees that the promise is not kept.
 * @returns `undefined` for a claim that can't be read back: an object, and a list of texts that may hold the separator.
 */
export function createRenderedClaimReader(
  claim: string,
  definition: ClaimDefinition,
  { rendering, isPlainList }: { rendering: Rendering; isPlainList: boolean },
): RenderedClaimReader | undefined {
  const { type, values } = definition;
  if (type === 'object') return undefined;
  const readScalar = scalarReader(claim, type.replace('[]', ''));
  if (!type.endsWith('[]')) return readScalar;
  const isPlain = isPlainList || type !== 'string[]' || (values?.every(isPlainElement) ?? false);
  if (!isPlain) return undefined;
  return (text) => {
    const elements = splitList(text, rendering);
    // The element was several, was empty, or is the list of another kind of API: the promise was not kept.
    if (elements?.every(isPlainElement) === false) throw claimError('ERR_CLAIM_AMBIGUOUS', claim);
    return elements?.map(readScalar) ?? text;
  };
}

/** True for an element that shows where it begins and ends in both renderings. */
function isPlainElement(value: string | number): boolean {
  return /^(?!\[)[^\s,]+(?<!\])$/.test(String(value));
}

function scalarReader(claim: string, type: string): RenderedClaimReader {
  if (type === 'string') return (text) => text;
  if (type === 'boolean')
    return (text) => (text === 'true' ? true : text === 'false' ? false : text);
  return (text) => {
    if (!NUMBER.test(text)) return text;
    const value = Number(text);
    // The digits that were rounded away may have been another number's.
    if (Math.abs(value) > Number.MAX_SAFE_INTEGER) throw claimError('ERR_CLAIM_AMBIGUOUS', claim);
    return value;
  };
}

function splitList(text: string, rendering: Rendering): string[] | undefined {
  if (rendering === 'rest') return text === '' ? [] : text.split(',');
  const inner = /^\[(.*)\]$/s.exec(text)?.[1];
  if (inner === undefined) return undefined;
  return inner === '' ? [] : inner.split(' ');
}
