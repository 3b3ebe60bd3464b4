import type { JsonObject, JsonValue } from '../claim-value.ts';
import type { Contract } from '../contract-definition.ts';
import type { ClaimShape } from './compare-contracts.ts';
import { ContractError } from './errors.ts';

/** The shapes of some claims by name: what readers of those claims were built with. */
export type ClaimShapes = { readonly [claim: string]: ClaimShape };

const CLAIM_TYPES: ReadonlySet<unknown> = new Set([
  'string',
  'number',
  'boolean',
  'string[]',
  'number[]',
  'boolean[]',
  'object',
]);

/** Takes down what readers of a contract depend on: everything except the descriptions, claims sorted by name. */
export function takeSnapshot(contract: Contract): { [claim: string]: ClaimShape } {
  return Object.fromEntries(
    Object.entries(contract)
      .sort(([first], [second]) => (first < second ? -1 : 1))
      .map(([claim, { description: _, ...shape }]) => [claim, shape]),
  );
}

/**
 * Reads a snapshot back from JSON.
 *
 * @throws {ContractError} `ERR_CONTRACT_SNAPSHOT_INVALID`.
 */
export function parseSnapshot(json: JsonValue): ClaimShapes {
  if (isShapes(json)) return json;
  const message = 'The contract snapshot is no map of claims to their type, values and flags.';
  throw new ContractError('ERR_CONTRACT_SNAPSHOT_INVALID', message);
}

/** True for a map of claim names to shapes. */
export function isShapes(json: JsonValue | undefined): json is JsonObject & ClaimShapes {
  return isJsonObject(json) && Object.values(json).every(isShape);
}

/** True for a JSON object, arrays and null excluded. */
export function isJsonObject(json: JsonValue | undefined): json is JsonObject {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

function isShape(json: JsonValue): boolean {
  if (!isJsonObject(json) || !CLAIM_TYPES.has(json['type'])) return false;
  const { values, required, gatewaySafe } = json;
  const hasFlags = [required, gatewaySafe].every((flag) =>
    ['boolean', 'undefined'].includes(typeof flag),
  );
  return hasFlags && (values === undefined || Array.isArray(values));
}
