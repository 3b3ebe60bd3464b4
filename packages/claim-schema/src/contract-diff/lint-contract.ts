import { checkClaimName, isGatewaySafe } from '../claim-rules.ts';
import type { ClaimDefinition, Contract } from '../contract-definition.ts';
import { type Fault, joinPath } from '../fault.ts';
import { CLAIM_TYPES } from './claim-shapes.ts';

/**
 * Checks what a contract promises: claims that a record may set, of types that there are, each described, and what it
 * says about API Gateway and about its own lists of values.
 *
 * The compiler knows the types and descriptions too, but nothing that runs the contract asks it.
 *
 * A gateway-safe claim is a text: the authorizers turn everything else into one, and arrays and objects can not be read
 * back. Its listed values are ones that a token may carry, so `isGatewaySafe` decides about both.
 *
 * @returns Every fault, by claim.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
 */
export function lintContract(contract: Contract): Fault[] {
  return Object.entries(contract).flatMap(([claim, definition]) => {
    const path = joinPath('', claim);
    const naming = [checkClaimName(claim, path), lintDescription(definition, path)];
    const type = lintType(definition, path);
    return [
      ...naming.filter((fault) => fault !== undefined),
      // What an unknown type can promise is unknown as well.
      ...(type === undefined
        ? [...lintGatewaySafety(definition, path), ...lintValues(definition, path)]
        : [type]),
    ];
  });
}

function lintDescription(
  { description }: Partial<ClaimDefinition>,
  path: string,
): Fault | undefined {
  if (typeof description === 'string' && description.trim() !== '') return undefined;
  const expected = 'one sentence for the people who read the claim';
  return { path: `${path}.description`, problem: 'missing', expected };
}

function lintType({ type }: Partial<ClaimDefinition>, path: string): Fault | undefined {
  if (CLAIM_TYPES.some((known) => known === type)) return undefined;
  const expected = `one of ${CLAIM_TYPES.join(', ')}`;
  return { path: `${path}.type`, problem: 'no type of a claim', got: String(type), expected };
}

function lintGatewaySafety({ gatewaySafe, type, values }: ClaimDefinition, path: string): Fault[] {
  if (gatewaySafe !== true) return [];
  if (type !== 'string') {
    return [{ path, problem: 'a gateway-safe claim is a text', got: type, expected: 'string' }];
  }
  const problem = 'a listed value does not survive API Gateway';
  const expected = 'texts without blanks at their ends';
  return (values ?? []).every(isGatewaySafe) ? [] : [{ path: `${path}.values`, problem, expected }];
}

function lintValues({ type, values }: ClaimDefinition, path: string): Fault[] {
  if (values === undefined) return [];
  const element = type.replace('[]', '');
  const fitting = values.every((value) => typeof value === element);
  const isUnique = new Set(values).size === values.length && values.length > 0;
  return [
    ...(fitting
      ? []
      : [{ path: `${path}.values`, problem: 'a value of another type', expected: element }]),
    ...(isUnique ? [] : [{ path: `${path}.values`, problem: 'empty, or a value listed twice' }]),
  ];
}
