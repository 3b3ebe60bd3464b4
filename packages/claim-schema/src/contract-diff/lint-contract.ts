import type { ClaimDefinition, Contract } from '../contract-definition.ts';
import { type Fault, joinPath } from '../fault.ts';

/**
 * Checks what a contract promises about API Gateway and about its own lists of values.
 *
 * A gateway-safe claim is a text: the authorizers turn everything else into one, and arrays and objects can not be read
 * back. Its listed values have no blank at their ends, hold no comma and no bracket, and are not empty.
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

/** What survives every rendering that API Gateway's authorizers know. */
const GATEWAY_SAFE_VALUE = /^[^\s,[\]](?:[^,[\]]*[^\s,[\]])?$/;

function lintGatewaySafety({ gatewaySafe, type, values }: ClaimDefinition, path: string): Fault[] {
  if (gatewaySafe !== true) return [];
  if (type !== 'string') {
    return [{ path, problem: 'a gateway-safe claim is a text', got: type, expected: 'string' }];
  }
  const isSafe = (values ?? []).every((value) => GATEWAY_SAFE_VALUE.test(String(value)));
  const problem = 'a listed value does not survive API Gateway';
  const expected = 'no blank at the ends, no comma, no bracket';
  return isSafe ? [] : [{ path: `${path}.values`, problem, expected }];
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
