import {
  type AddressedResource,
  type Guardrails,
  resourcesOf,
  stringsIn,
  type Violation,
} from './guardrail.ts';

interface Statement {
  readonly [element: string]: unknown;
}

/** Where a role or a key has its policy document. */
const POLICY_ARGUMENTS: { readonly [type: string]: string } = {
  aws_iam_policy: 'policy',
  aws_iam_role: 'assume_role_policy',
  aws_iam_role_policy: 'policy',
  // Without one, AWS KMS would allow `kms:*` to the whole account.
  aws_kms_key: 'policy',
  aws_secretsmanager_secret_policy: 'policy',
};

/** A policy that this stack declares, and that is therefore checked here. */
const OWN_POLICY = /^\$\{aws_iam_policy\.[\w-]+\.arn\}$/;

/** Policies. */
export const POLICY_GUARDRAILS: Guardrails = {
  /** Every action, resource and principal of a policy is named, and every policy can be read here. */
  'no wildcard in a policy': (stack) =>
    resourcesOf(stack).flatMap((resource) => [
      ...checkDocuments(resource),
      ...checkReadable(resource),
      ...checkAttachments(resource),
    ]),
};

function checkDocuments({ address, type, arguments: given }: AddressedResource): Violation[] {
  return Object.entries(given).flatMap(([argument, value]) =>
    stringsIn(value)
      .flatMap((text) => statementsOf(text) ?? [])
      .flatMap((statement) => checkStatement(statement, type))
      .map((problem) => ({ where: `${address}.${argument}`, problem })),
  );
}

function checkReadable({ address, type, arguments: given }: AddressedResource): Violation[] {
  const argument = POLICY_ARGUMENTS[type];
  if (argument === undefined || statementsOf(given[argument]) !== undefined) return [];
  return [{ where: `${address}.${argument}`, problem: 'is not a policy that can be checked' }];
}

/** Policies by ARN, such as those of AWS, which are full of wildcards. */
function checkAttachments({ address, arguments: given }: AddressedResource): Violation[] {
  return ['policy_arn', 'managed_policy_arns', 'permissions_boundary'].flatMap((argument) =>
    stringsIn(given[argument])
      .filter((arn) => !OWN_POLICY.test(arn))
      .map((arn) => ({
        where: `${address}.${argument}`,
        problem: `is not declared in this stack: ${arn}`,
      })),
  );
}

/** Reads a policy document; anything else has no statements. */
export function statementsOf(text: unknown): Statement[] | undefined {
  if (typeof text !== 'string' || !text.includes('"Statement"')) return undefined;
  const document: { Statement?: Statement | Statement[] } = JSON.parse(text);
  return [document.Statement ?? []].flat();
}

function checkStatement(statement: Statement, type: string): string[] {
  const { Action, Resource, Principal } = statement;
  const negations = ['NotAction', 'NotResource', 'NotPrincipal'].filter(
    (name) => name in statement,
  );
  const isWild = (text: string) => /[*?]/.test(withoutReferences(text));
  return [
    ...negations.map((name) => `${name} allows everything that it does not name`),
    ...stringsIn(Action)
      .filter(isWild)
      .map((action) => `action ${action}`),
    ...stringsIn(Principal)
      .filter(isWild)
      .map((principal) => `principal ${principal}`),
    ...stringsIn(Resource)
      .filter(
        (resource) => isWild(resource) && !isAllowedResource(resource, type, stringsIn(Action)),
      )
      .map((resource) => `resource ${resource}`),
  ];
}

/** Policies in which "*" is the resource that they are attached to. */
const ATTACHED_POLICIES: readonly string[] = ['aws_kms_key', 'aws_secretsmanager_secret_policy'];

/** The places where AWS requires a wildcard. */
function isAllowedResource(resource: string, type: string, actions: readonly string[]): boolean {
  // @see https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html
  // @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_resource-policies.html
  if (ATTACHED_POLICIES.includes(type)) return resource === '*';
  // AWS adds random characters to the ARN of each secret; what is listed are ids of versions, never values.
  const isAboutVersions = actions.every(
    (action) => action === 'secretsmanager:ListSecretVersionIds',
  );
  if (isAboutVersions && actions.length > 0)
    return /^[^*?]+\/\*$/.test(withoutReferences(resource));
  // A policy names a log group with this ending, which stands for the streams of that group.
  // @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_LogGroup.html
  const isAboutLogs = actions.length > 0 && actions.every((action) => action.startsWith('logs:'));
  return isAboutLogs && /^[^*?]+:\*$/.test(withoutReferences(resource));
}

function withoutReferences(text: string): string {
  return text.replace(/\$\{[^}]*\}/g, 'reference');
}
