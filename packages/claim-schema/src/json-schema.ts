import type { JsonObject } from './claim-value.ts';
import { type Contract, requiredClaimNames, type ValueRules } from './contract-definition.ts';

/**
 * Writes a contract as JSON Schema 2020-12, for APIs in other languages: the schema of the payload of an access token.
 *
 * Other claims and other members are allowed, as a newer contract may add some.
 *
 * @param options.poolName - Requires what the contract requires in this pool. @default what it requires in every pool
 * @see https://json-schema.org/draft/2020-12/schema
 */
export function toJsonSchema(contract: Contract, options: { poolName?: string } = {}): JsonObject {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    properties: mapEntries(contract, toValueSchema),
    required: requiredClaimNames(contract, options.poolName),
  };
}

function toValueSchema(rules: ValueRules & { readonly description?: string }): JsonObject {
  const { type, description, minItems, maxItems, members } = rules;
  const about = present({ description });
  if (type.endsWith('[]')) {
    const items = toScalarSchema(type.slice(0, -2), rules);
    return { ...about, type: 'array', items, ...present({ minItems, maxItems }) };
  }
  if (type !== 'object') return { ...about, ...toScalarSchema(type, rules) };
  if (members === undefined) return { ...about, type: 'object' };
  const required = Object.keys(members).filter((name) => members[name]?.required === true);
  return { ...about, type: 'object', properties: mapEntries(members, toValueSchema), required };
}

function toScalarSchema(type: string, rules: ValueRules): JsonObject {
  const { values, min, max, integer, pattern, maxLength } = rules;
  return {
    type: integer === true ? 'integer' : type,
    ...present({
      enum: values,
      minimum: min,
      maximum: max,
      // JSON Schema looks for a match anywhere in the string.
      pattern: pattern === undefined ? undefined : `^(?:${pattern})$`,
      maxLength,
    }),
  };
}

/** The fields that have a value. */
function present<T>(fields: { readonly [name: string]: T | undefined }): { [name: string]: T } {
  return Object.fromEntries(
    Object.entries(fields).filter((field): field is [string, T] => field[1] !== undefined),
  );
}

function mapEntries<T, U>(source: { readonly [name: string]: T }, map: (value: T) => U) {
  return Object.fromEntries(
    Object.entries(source).map(([name, value]): [string, U] => [name, map(value)]),
  );
}
