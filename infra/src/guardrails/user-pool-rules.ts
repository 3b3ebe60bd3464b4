import type { ResourceArguments } from '../stack-config.ts';
import {
  findBroken,
  type GuardedStack,
  type Guardrails,
  readArgument,
  resourcesOf,
  type Violation,
} from './guardrail.ts';

const PLANS: readonly unknown[] = ['ESSENTIALS', 'PLUS'];

/** User pools, their clients, and what they call. */
export const USER_POOL_GUARDRAILS: Guardrails = {
  /**
   * Every pool calls the trigger for client credentials: version V3_0, on a plan that has it, through an alias.
   *
   * @see https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html
   */
  'V3_0 trigger': (stack) => {
    const trigger = ['lambda_config', 'pre_token_generation_config'];
    return [
      ...findBroken(
        stack,
        'aws_cognito_user_pool',
        (given) => readArgument(given, ...trigger, 'lambda_version') === 'V3_0',
        'calls an earlier trigger version, which is never called for client credentials',
      ),
      ...findBroken(
        stack,
        'aws_cognito_user_pool',
        (given) => PLANS.includes(given['user_pool_tier']),
        'is on a plan that has no V3_0 trigger',
      ),
      ...findBroken(
        stack,
        'aws_cognito_user_pool',
        // An ARN with a qualifier that is not a number.
        (given) =>
          /:function:[^:]+:[A-Za-z_-][\w-]*$/.test(
            String(readArgument(given, ...trigger, 'lambda_arn')),
          ),
        'does not name the trigger by an alias',
      ),
    ];
  },

  /** For machines only: no flow but client credentials, a secret for every client, no sign-up. */
  'client credentials only': (stack) => {
    const findClients = findBroken.bind(undefined, stack, 'aws_cognito_user_pool_client');
    return [
      ...findClients(
        (given) => String(given['allowed_oauth_flows']) === 'client_credentials',
        'allows another OAuth flow',
      ),
      ...findClients((given) => hasSecret(given, stack), 'has no secret'),
      ...findClients((given) => {
        const flows = given['explicit_auth_flows'];
        return (
          Array.isArray(flows) &&
          flows.length > 0 &&
          flows.every((flow) => HARMLESS_FLOWS.includes(flow))
        );
      }, 'lets users sign in'),
      ...findBroken(
        stack,
        'aws_cognito_user_pool',
        (given) =>
          readArgument(given, 'admin_create_user_config', 'allow_admin_create_user_only') === true,
        'lets users sign up',
      ),
    ];
  },

  /**
   * Only a pool of this stack and account may call the trigger, only through the alias, and every pool may.
   *
   * @see https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-working-with-lambda-triggers.html
   */
  'permission to call the trigger': (stack) => {
    // The rules of the watcher call the watcher, and never the trigger.
    const ruleArns = resourcesOf(stack, 'aws_cloudwatch_event_rule').map(arnOf);
    const findPermissions = (isKept: (given: ResourceArguments) => boolean, problem: string) =>
      findBroken(
        stack,
        'aws_lambda_permission',
        (given) => isRulePermission(given, ruleArns) || isKept(given),
        problem,
      );
    const poolArns = resourcesOf(stack, 'aws_cognito_user_pool').map(arnOf);
    const isAllowedSource = (arn: unknown) =>
      stack.existingUserPoolId === undefined
        ? poolArns.some((poolArn) => poolArn === arn)
        : String(arn).endsWith(`:userpool/${stack.existingUserPoolId}`);
    return [
      ...findPermissions(
        ({ principal }) => principal === COGNITO,
        `allows principals other than ${COGNITO}`,
      ),
      ...findPermissions(
        ({ source_arn }) => isAllowedSource(source_arn),
        'has no source_arn of a pool in this stack',
      ),
      ...findPermissions(({ source_account }) => isExact(source_account), 'has no source_account'),
      ...findPermissions(({ qualifier }) => isExact(qualifier), 'has no qualifier'),
      ...checkPools(stack),
    ];
  },

  /**
   * No more clients can register themselves than the environment file says, and nobody declares the scope that lets them.
   *
   * A configuration that does not say that it is off is on.
   */
  'client registration': (stack) => [
    ...findBroken(
      stack,
      'aws_cognito_user_pool',
      ({ dcr_configuration: configuration }) =>
        [configuration].flat().every((each) => isAllowed(each, stack.clientRegistration)),
      `lets clients register themselves; its file says clientRegistration: '${stack.clientRegistration}'`,
    ),
    ...findBroken(
      stack,
      'aws_cognito_resource_server',
      ({ identifier }) => !SYSTEM_SERVER.test(String(identifier)),
      'has an identifier that Amazon Cognito keeps for itself',
    ),
  ],

  /** A stack for an existing pool has no resource of the pool's owner: neither of the two can undo the other's. */
  'nothing of the owner': (stack) =>
    stack.existingUserPoolId === undefined
      ? []
      : OF_POOL_OWNER.flatMap((type) =>
          findBroken(stack, type, () => false, "belongs to the pool's owner"),
        ),
};

/** Does nothing without a user's refresh token; an empty list would allow users to sign in. */
const HARMLESS_FLOWS: readonly unknown[] = ['ALLOW_REFRESH_TOKEN_AUTH'];

/** True unless a client is created without a secret; an imported one has no such argument. */
function hasSecret(given: ResourceArguments, { config }: GuardedStack): boolean {
  if (given['generate_secret'] === true) return true;
  const clients = Object.values(config.locals?.['clients'] ?? {});
  return (
    given['generate_secret'] === '${try(each.value.generate_secret, null)}' &&
    clients.every((client) => readArgument({ client }, 'client', 'generate_secret') !== false)
  );
}

const COGNITO = 'cognito-idp.amazonaws.com';

function isRulePermission(
  { principal, source_arn, source_account }: ResourceArguments,
  ruleArns: readonly string[],
): boolean {
  return (
    principal === 'events.amazonaws.com' &&
    ruleArns.some((arn) => arn === source_arn) &&
    isExact(source_account)
  );
}

function checkPools(stack: GuardedStack): Violation[] {
  const allowed = resourcesOf(stack, 'aws_lambda_permission').map(
    ({ arguments: { source_arn } }) => source_arn,
  );
  if (stack.existingUserPoolId !== undefined && allowed.length === 0) {
    return [{ where: stack.existingUserPoolId, problem: 'has no permission to call the trigger' }];
  }
  return resourcesOf(stack, 'aws_cognito_user_pool')
    .filter((pool) => !allowed.includes(arnOf(pool)))
    .map(({ address }) => ({ where: address, problem: 'has no permission to call the trigger' }));
}

function arnOf({ address }: { readonly address: string }): string {
  return `\${${address}.arn}`;
}

function isExact(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && !/[*?]/.test(value);
}

/** Identifiers that Amazon Cognito keeps for itself, such as that of the scope `aws.cognito/dcr/register`. */
const SYSTEM_SERVER = /^aws\.cognito/i;

function isAllowed(configuration: unknown, declared: GuardedStack['clientRegistration']): boolean {
  if (typeof configuration !== 'object' || configuration === null) return true;
  const { enable_status: status, open_dcr_enabled: isOpen }: Record<string, unknown> = {
    ...configuration,
  };
  if (String(status).toLowerCase() === 'disabled' || declared === 'open') return true;
  return declared === 'authenticated' && isOpen !== true;
}

/** What the owner of an existing pool has. Of these, a stack that adds claims to it creates nothing. */
const OF_POOL_OWNER: readonly string[] = [
  'aws_cognito_user_pool',
  'aws_cognito_user_pool_domain',
  'aws_cognito_resource_server',
  'aws_cognito_identity_provider',
  'aws_cognito_log_delivery_configuration',
  'aws_cognito_managed_user_pool_client',
  'aws_cognito_risk_configuration',
  'aws_cognito_user',
  'aws_cognito_user_group',
  'aws_cognito_user_in_group',
  'aws_cognito_user_pool_ui_customization',
  'aws_wafv2_web_acl_association',
];
