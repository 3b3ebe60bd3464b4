import { isGatewaySafe } from '../claim-rules.ts';
import type { ClaimDefinition, Contract } from '../contract-definition.ts';
import { type Fault, joinPath } from '../fault.ts';

/**
 * Checks what a contract promises about API Gateway and about its own lists of values.
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
    return [...lintGatewaySafety(definition, path), ...lintValues(definition, path)];
  });
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
