import { type AddressedResource, type Finding, type Guardrail, resourcesOf } from './guardrail.ts';

interface Statement {
  readonly [element: string]: unknown;
}

/** Every action, resource and principal of a policy is named. */
export const noWildcards: Guardrail = {
  name: 'no wildcard in a policy',
  check: (stack) => resourcesOf(stack).flatMap(checkResource),
};

function checkResource({ address, type, arguments: given }: AddressedResource): Finding[] {
  return Object.entries(given).flatMap(([argument, value]) =>
    statementsOf(value).flatMap((statement) =>
      checkStatement(statement, type).map((problem) => ({
        where: `${address}.${argument}`,
        problem,
      })),
    ),
  );
}

/** Reads a policy document out of an argument; anything else has no statements. */
function statementsOf(value: unknown): Statement[] {
  if (typeof value !== 'string' || !value.includes('"Statement"')) return [];
  const document: { Statement?: Statement | Statement[] } = JSON.parse(value);
  return [document.Statement ?? []].flat();
}

function checkStatement(statement: Statement, type: string): string[] {
  const { Action, Resource, Principal } = statement;
  const negations = ['NotAction', 'NotResource', 'NotPrincipal'].filter(
    (name) => name in statement,
  );
  const isWild = (text: string) => /[*?]/.test(withoutReferences(text));
  return [
    ...negations.map((name) => `${name} allows all that it does not name`),
    ...textsOf(Action)
      .filter(isWild)
      .map((action) => `action ${action}`),
    ...textsOf(Principal)
      .filter(isWild)
      .map((principal) => `principal ${principal}`),
    ...textsOf(Resource)
      .filter((resource) => isWild(resource) && !isAllowedResource(resource, type, textsOf(Action)))
      .map((resource) => `resource ${resource}`),
  ];
}

/** The two places where AWS leaves no other way. */
function isAllowedResource(resource: string, type: string, actions: readonly string[]): boolean {
  // "*" in a key policy is the key it is attached to.
  // @see https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html
  if (type === 'aws_kms_key') return resource === '*';
  // A policy names a log group with this ending, which stands for the streams of that group.
  // @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_LogGroup.html
  const isAboutLogs = actions.length > 0 && actions.every((action) => action.startsWith('logs:'));
  return isAboutLogs && /^[^*?]+:\*$/.test(withoutReferences(resource));
}

function textsOf(element: unknown): string[] {
  if (typeof element === 'string') return [element];
  return typeof element === 'object' && element !== null
    ? Object.values(element).flatMap(textsOf)
    : [];
}

function withoutReferences(text: string): string {
  return text.replace(/\$\{[^}]*\}/g, 'reference');
}
