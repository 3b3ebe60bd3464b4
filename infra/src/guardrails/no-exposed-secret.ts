import {
  findBroken,
  type GuardedStack,
  type Guardrails,
  resourcesOf,
  stringsIn,
  type Violation,
} from './guardrail.ts';
import { statementsOf } from './no-wildcards.ts';

/** An attribute that is a secret: `x.client_secret`, `x["client_secret"]`. */
const SECRET_ATTRIBUTE = /(?:\.|\[\s*")(?:client_secret|secret_string|secret_binary)\b/;

/** All attributes at once of a resource that has a secret: `x`, `x["key"]`, `x[*]`. */
const WHOLE_RESOURCE =
  /\baws_(?:cognito_user_pool_client|secretsmanager_secret_version)\.[\w-]+(?:\[[^\]]*\])?(?![\w.[-])/;

/** Secrets, and who may read them. */
export const SECRET_GUARDRAILS: Guardrails = {
  /** A client secret goes into AWS Secrets Manager and nowhere else, least of all into an output. */
  'no secret in outputs': (stack) => [
    ...checkValues(stack.config.output, 'output'),
    ...checkValues(stack.config.locals, 'local'),
    ...checkResources(stack),
  ],

  /**
   * Readers of a secret are named roles that may read it and do nothing else; nobody else is let in.
   *
   * They use the key to decrypt secrets through AWS Secrets Manager, and for nothing else.
   */
  'readers of a secret': (stack) => [
    ...findBroken(
      stack,
      'aws_secretsmanager_secret_policy',
      ({ policy, block_public_policy: isPublicBlocked }) =>
        isPublicBlocked === true && isForReaders(policy),
      'lets others than named roles read it, or allows more than reading',
    ),
    ...findBroken(
      stack,
      'aws_kms_key',
      ({ policy }) => (statementsOf(policy) ?? []).filter(isForRoles).every(isForSecrets),
      'lets roles do more than decrypt secrets',
    ),
  ],
};

const READER_ACTIONS: ReadonlySet<unknown> = new Set([
  'secretsmanager:DescribeSecret',
  'secretsmanager:GetSecretValue',
]);

function isForReaders(policy: unknown): boolean {
  const statements = statementsOf(policy) ?? [];
  return statements.every(({ Effect, Action, Principal }) => {
    const actions = [Action].flat();
    const principals = stringsIn(Principal);
    return (
      Effect === 'Allow' &&
      actions.every((action) => READER_ACTIONS.has(action)) &&
      principals.length > 0 &&
      principals.every((principal) => /:iam::\d{12}:role\/[^*?]+$/.test(principal))
    );
  });
}

/** The account itself decides who else may use the key; only readers are named one by one. */
function isForRoles({ Principal }: { readonly [element: string]: unknown }): boolean {
  return stringsIn(Principal).some((principal) => /:iam::\d{12}:(?!root$)/.test(principal));
}

function isForSecrets({ Action, Condition }: { readonly [element: string]: unknown }): boolean {
  const conditions = JSON.stringify(Condition ?? {});
  return (
    [Action].flat().every((action) => action === 'kms:Decrypt') &&
    /"kms:ViaService":"secretsmanager\./.test(conditions) &&
    conditions.includes('kms:EncryptionContext:SecretARN')
  );
}

function checkValues(named: object | undefined, kind: string): Violation[] {
  return Object.entries(named ?? {})
    .filter(([, value]) => hasSecret(value))
    .map(([name]) => ({ where: `${kind}.${name}`, problem: 'shows a secret' }));
}

function checkResources(stack: GuardedStack): Violation[] {
  return resourcesOf(stack)
    .filter(({ type }) => type !== 'aws_secretsmanager_secret_version')
    .filter((resource) => hasSecret(resource.arguments))
    .map(({ address }) => ({ where: address, problem: 'holds a secret' }));
}

/** Looks into expressions only: the same words in plain text are not a secret. */
function hasSecret(value: unknown): boolean {
  return stringsIn(value)
    .flatMap(expressionsIn)
    .some((expression) => SECRET_ATTRIBUTE.test(expression) || WHOLE_RESOURCE.test(expression));
}

/** Lists what is between `${` and the brace that closes it. */
function expressionsIn(text: string): string[] {
  return text
    .split('${')
    .slice(1)
    .map((rest) => rest.slice(0, lengthOfExpression(rest)));
}

function lengthOfExpression(text: string): number {
  let depth = 1;
  for (let index = 0; index < text.length; index += 1) {
    if (text[index] === '{') depth += 1;
    if (text[index] === '}') depth -= 1;
    if (depth === 0) return index;
  }
  return text.length;
}
