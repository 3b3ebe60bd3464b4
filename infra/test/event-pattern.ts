/**
 * Matches an event against a pattern of Amazon EventBridge, as far as the documented language is used here: values, `prefix`,
 * `wildcard` and `$or`.
 *
 * @throws {Error} For an operator that it does not know.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
export function matchesPattern(pattern: object, event: unknown): boolean {
  return Object.entries(pattern).every(([field, wanted]) => {
    if (field === '$or') return wanted.some((each: object) => matchesPattern(each, event));
    const value = memberOf(event, field);
    if (!Array.isArray(wanted)) return matchesPattern(wanted, value);
    // A list in the event matches if one of its members does.
    const values: unknown[] = Array.isArray(value) ? value : [value];
    return values.some((each) => wanted.some((rule) => matchesValue(rule, each)));
  });
}

function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}

function matchesValue(rule: unknown, value: unknown): boolean {
  if (typeof rule !== 'object' || rule === null) return rule === value;
  if (typeof value !== 'string') return false;
  const [[operator, operand] = [], ...others] = Object.entries(rule);
  if (others.length > 0) throw new Error('one operator each');
  if (operator === 'prefix') return value.startsWith(String(operand));
  if (operator === 'wildcard') {
    const parts = String(operand)
      .split('*')
      .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
    return new RegExp(`^${parts.join('[^]*')}$`).test(value);
  }
  throw new Error(`unknown operator ${operator}`);
}
