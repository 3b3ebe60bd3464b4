import { checkClaimName } from '../claim-rules.ts';
import { isSafeNumber } from '../claim-value.ts';
import type { ClaimDefinition, Contract, ValueRules } from '../contract-definition.ts';
import { type Fault, joinPath } from '../fault.ts';
import { checkValue, isGatewaySafe } from '../value-rules.ts';
import { checkWrittenValue, findChangingText } from '../written-value.ts';
import { checkFields } from './shapes.ts';

/** Which types each limit is for; `values` and the limits of elements hold for lists too. */
const TYPES_OF_RULE = {
  values: ['string', 'number'],
  min: ['number'],
  max: ['number'],
  integer: ['number'],
  pattern: ['string'],
  maxLength: ['string'],
} as const;

/** What a name in a contract must be, so that every carrier and every language takes it as it is. */
const NAME = /^[^\p{Cc}\s](?:[^\p{Cc}]*[^\p{Cc}\s])?$/u;

/**
 * Checks what a contract promises: claims that a record may set, of types that exist, each described, limits that fit the
 * type and each other, and what it says about API Gateway.
 *
 * The compiler knows most of this too, but nothing that runs the contract asks it.
 *
 * A gateway-safe claim is a string: the authorizers turn everything else into one, and arrays and objects cannot be read
 * back. Its listed values are ones that a token may carry, so `isGatewaySafe` decides about both.
 *
 * @returns Every fault, by claim.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
 */
export function lintContract(contract: Contract): Fault[] {
  return Object.entries(contract).flatMap(([claim, definition]) => {
    const path = joinPath('', claim);
    const naming = [checkClaimName(claim, path), ...lintName(claim, path)].filter(
      (fault) => fault !== undefined,
    );
    if (!isRecord(definition)) {
      return [...naming, { path, problem: 'is not an object', expected: 'a claim definition' }];
    }
    return [...naming, ...lintDescription(definition, path), ...lintClaim(definition, path)];
  });
}

function lintClaim(definition: ClaimDefinition, path: string): Fault[] {
  const fields = checkFields(definition, 'claim', path, ['description']);
  // What a field of the wrong kind can promise is unknown as well.
  if (fields.length > 0) return fields;
  return [
    ...lintRules(definition, path),
    ...lintPools(definition, joinPath(path, 'required')),
    ...lintGatewaySafety(definition, path),
  ];
}

function lintPools({ required }: ClaimDefinition, path: string): Fault[] {
  const pools = typeof required === 'object' ? required : [];
  return new Set(pools).size < pools.length ? [{ path, problem: 'a pool listed twice' }] : [];
}

function lintName(name: string, path: string): Fault[] {
  const expected = 'a name without leading or trailing spaces or control characters';
  if (!NAME.test(name)) return [{ path, problem: 'bad name', expected }];
  // An assignment to this one name changes an object's prototype, here and in other languages' JSON tools.
  if (name === '__proto__') return [{ path, problem: 'bad name', expected: 'another name' }];
  const changing = findChangingText(name);
  return changing === undefined ? [] : [{ path, ...changing }];
}

function lintDescription({ description }: Partial<ClaimDefinition>, path: string): Fault[] {
  if (typeof description === 'string' && description.trim() !== '') return [];
  const expected = 'one sentence for the people who read the claim';
  return [{ path: `${path}.description`, problem: 'missing', expected }];
}

/** Checks rules whose fields are of the right kinds. */
function lintRules(rules: ValueRules, path: string): Fault[] {
  return [
    ...lintTypes(rules, path),
    ...lintLimits(rules, path),
    ...lintValues(rules, path),
    ...lintMembers(rules, path),
  ];
}

function lintTypes(rules: ValueRules, path: string): Fault[] {
  const { type } = rules;
  const element = type.replace('[]', '');
  const wrong = Object.entries(TYPES_OF_RULE).flatMap(([field, types]) =>
    Object.hasOwn(rules, field) && !types.some((known) => known === element)
      ? [
          toTypeFault(
            path,
            field,
            type,
            types.flatMap((known) => [known, `${known}[]`]),
          ),
        ]
      : [],
  );
  const lists = ['minItems', 'maxItems'].flatMap((field) =>
    Object.hasOwn(rules, field) && !type.endsWith('[]')
      ? [toTypeFault(path, field, type, ['string[]', 'number[]', 'boolean[]'])]
      : [],
  );
  return [...wrong, ...lists];
}

function toTypeFault(path: string, field: string, got: string, types: readonly string[]): Fault {
  const expected = `a claim of type ${types.join(' or ')}`;
  return {
    path: joinPath(path, field),
    problem: 'a rule that this type does not take',
    got,
    expected,
  };
}

function lintLimits({ min, max, minItems, maxItems }: ValueRules, path: string): Fault[] {
  const unsafe = [
    ['min', min],
    ['max', max],
  ].flatMap(([field, limit]) =>
    typeof limit === 'number' && !isSafeNumber(limit)
      ? [{ path: joinPath(path, String(field)), problem: 'a number that no token can carry' }]
      : [],
  );
  const crossed = (lower: number | undefined, upper: number | undefined, field: string) =>
    lower !== undefined && upper !== undefined && lower > upper
      ? [{ path: joinPath(path, field), problem: 'no value is within these limits' }]
      : [];
  return [...unsafe, ...crossed(min, max, 'min'), ...crossed(minItems, maxItems, 'minItems')];
}

function lintValues(rules: ValueRules, path: string): Fault[] {
  const { type, values } = rules;
  if (values === undefined) return [];
  const valuesPath = joinPath(path, 'values');
  const isUnique = new Set(values).size === values.length && values.length > 0;
  const { minItems: _, maxItems: __, ...scalar } = rules;
  // A listed value stands for itself, or for a list with that one element.
  const isList = type.endsWith('[]');
  const misfits = values.flatMap((value, index) => {
    const valuePath = joinPath(valuesPath, index);
    const candidate = isList ? [value] : value;
    const faults = checkValue(scalar, candidate, valuePath);
    const unfit = faults.length > 0 ? faults : checkWrittenValue(candidate, valuePath);
    return unfit.map((fault) => ({ ...fault, path: valuePath }));
  });
  const repeated = { path: valuesPath, problem: 'empty, or a value listed twice' };
  return isUnique ? misfits : [...misfits, repeated];
}

function lintMembers({ type, members }: ValueRules, path: string): Fault[] {
  if (members === undefined) return [];
  const membersPath = joinPath(path, 'members');
  if (type !== 'object') return [toTypeFault(path, 'members', type, ['object'])];
  if (!isRecord(members) || Object.keys(members).length === 0) {
    return [{ path: membersPath, problem: 'no member', expected: 'at least one member' }];
  }
  return Object.entries(members).flatMap(([name, member]) => {
    const memberPath = joinPath(membersPath, name);
    if (!isRecord(member)) {
      return [{ path: memberPath, problem: 'is not an object', expected: 'a member definition' }];
    }
    const fields = checkFields(member, 'member', memberPath, ['description']);
    const rules = fields.length > 0 ? fields : lintRules(member, memberPath);
    return [...lintName(name, memberPath), ...rules];
  });
}

function lintGatewaySafety({ gatewaySafe, type, values }: ClaimDefinition, path: string): Fault[] {
  if (gatewaySafe !== true) return [];
  if (type !== 'string') {
    return [{ path, problem: 'a gateway-safe claim is a string', got: type, expected: 'string' }];
  }
  const problem = 'a listed value does not survive API Gateway';
  const expected = 'strings without leading or trailing spaces';
  return (values ?? []).every(isGatewaySafe) ? [] : [{ path: `${path}.values`, problem, expected }];
}

/** True for an object, whatever the compiler believes. */
function isRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
