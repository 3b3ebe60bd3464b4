import {
  type Finding,
  findBroken,
  type GuardedStack,
  type Guardrail,
  resourcesOf,
} from './guardrail.ts';

const COGNITO = 'cognito-idp.amazonaws.com';

/**
 * Only the pool itself, of this account, may call the trigger, only through the alias; and every pool may.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-working-with-lambda-triggers.html
 */
export const invokePermission: Guardrail = {
  name: 'permission to call the trigger',
  check: (stack) => {
    const findPermissions = findBroken.bind(undefined, stack, 'aws_lambda_permission');
    const poolArns = resourcesOf(stack, 'aws_cognito_user_pool').map(arnOf);
    return [
      ...findPermissions(
        ({ principal }) => principal === COGNITO,
        `lets others in than ${COGNITO}`,
      ),
      ...findPermissions(
        ({ source_arn }) => poolArns.some((arn) => arn === source_arn),
        'has no source_arn that is a pool of this stack',
      ),
      ...findPermissions(({ source_account }) => isName(source_account), 'has no source_account'),
      ...findPermissions(({ qualifier }) => isName(qualifier), 'has no qualifier'),
      ...checkPools(stack),
    ];
  },
};

function checkPools(stack: GuardedStack): Finding[] {
  const allowed = resourcesOf(stack, 'aws_lambda_permission').map(
    ({ arguments: { source_arn } }) => source_arn,
  );
  return resourcesOf(stack, 'aws_cognito_user_pool')
    .filter((pool) => !allowed.includes(arnOf(pool)))
    .map(({ address }) => ({ where: address, problem: 'may not call the trigger' }));
}

function arnOf({ address }: { readonly address: string }): string {
  return `\${${address}.arn}`;
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && !/[*?]/.test(value);
}
