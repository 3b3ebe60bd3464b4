import type { ClaimType, JsonObject, JsonValue } from '../claim-value.ts';
import type { ClaimDefinition } from '../contract-definition.ts';
import { type Fault, joinPath } from '../fault.ts';
import { createFieldReader, isObject } from '../field-reader.ts';

/** The part of a claim's definition that readers depend on. */
export type ClaimShape = Omit<ClaimDefinition, 'description'>;

/** The shapes of some claims by name: what readers of those claims were built with. */
export type ClaimShapes = { readonly [claim: string]: ClaimShape };

/** Every type that a claim can have. */
export const CLAIM_TYPES = [
  'string',
  'number',
  'boolean',
  'string[]',
  'number[]',
  'boolean[]',
  'object',
] as const satisfies readonly ClaimType[];

const SHAPE_FIELDS = ['type', 'values', 'required', 'gatewaySafe', 'verified'];

/** Reads a map of claim names to shapes out of JSON and gathers every fault, fields that nobody knows included. */
export function readShapes(json: JsonValue, path: string, faults: Fault[]): ClaimShapes {
  const members = Object.entries(objectOf(json, path, faults));
  return Object.fromEntries(
    members.map(([claim, shape]) => [claim, readShape(shape, joinPath(path, claim), faults)]),
  );
}

/** Takes JSON for an object, or gathers a fault. */
export function objectOf(json: JsonValue, path: string, faults: Fault[]): JsonObject {
  if (isObject(json)) return json;
  faults.push({ path: path === '' ? 'the file' : path, problem: 'is no object' });
  return {};
}

/** Gathers a fault for every field that is not one of those known: a misspelt one would count for nothing. */
export function checkFieldNames(
  json: JsonObject,
  known: readonly string[],
  path: string,
  faults: Fault[],
): void {
  for (const name of Object.keys(json).filter((field) => !known.includes(field))) {
    const expected = `one of ${known.join(', ')}`;
    faults.push({ path: joinPath(path, name), problem: 'unknown field', expected });
  }
}

function readShape(json: JsonValue, path: string, faults: Fault[]): ClaimShape {
  const shape = objectOf(json, path, faults);
  checkFieldNames(shape, SHAPE_FIELDS, path, faults);
  const fields = createFieldReader(shape, path, faults);
  return {
    type: fields.oneOf('type', CLAIM_TYPES),
    ...('values' in shape && { values: readValues(shape, path, faults) }),
    ...('required' in shape && { required: fields.boolean('required') }),
    ...('gatewaySafe' in shape && { gatewaySafe: fields.boolean('gatewaySafe') }),
    ...('verified' in shape && { verified: fields.boolean('verified') }),
  };
}

function readValues({ values }: JsonObject, path: string, faults: Fault[]): (string | number)[] {
  const isValue = (value: JsonValue) => typeof value === 'string' || typeof value === 'number';
  if (Array.isArray(values) && values.every(isValue)) return values;
  const expected = 'list of strings or numbers';
  faults.push({ path: joinPath(path, 'values'), problem: 'wrong field', expected });
  return [];
}
