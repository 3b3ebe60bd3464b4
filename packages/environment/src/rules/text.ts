import { type Fault, findChangingText, joinPath } from '@cognito-m2m/claim-schema';

/**
 * Finds every text of a file, names included, that Terraform would change on its way to AWS.
 *
 * What was deployed would then differ from the file forever, and a listed value would never be the one that a caller sends.
 */
export function checkText(input: unknown, path = ''): Fault[] {
  if (typeof input === 'string') return toFaults(input, path);
  if (Array.isArray(input)) {
    return input.flatMap((element, index) => checkText(element, joinPath(path, index)));
  }
  if (typeof input !== 'object' || input === null) return [];
  return Object.entries(input).flatMap(([name, value]) => {
    const valuePath = joinPath(path, name);
    return [...toFaults(name, valuePath), ...checkText(value, valuePath)];
  });
}

function toFaults(text: string, path: string): Fault[] {
  const fault = findChangingText(text);
  return fault === undefined ? [] : [{ path, ...fault }];
}
