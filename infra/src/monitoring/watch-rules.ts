import { tableName, triggerName, watchName } from '@cognito-m2m/environment/names';

/** A value of an event pattern: one of these. @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html */
type PatternValue = string | { readonly prefix: string } | { readonly wildcard: string };

/** An event pattern of Amazon EventBridge: every field must match, each with one of its values. */
interface EventPattern {
  readonly [field: string]: readonly PatternValue[] | readonly EventPattern[] | EventPattern;
}

/** One rule that makes the watcher look. */
export interface WatchRule {
  /** Unique in its environment, in kebab-case. */
  readonly name: string;
  readonly description: string;
  readonly pattern: EventPattern;
}

/** Calls of Amazon Cognito that change what tokens carry, or who gets them. */
const POOL_CALLS = [
  'UpdateUserPool',
  'SetUserPoolMfaConfig',
  'DeleteUserPool',
  'CreateUserPoolClient',
  'UpdateUserPoolClient',
  'DeleteUserPoolClient',
  'AddUserPoolClientSecret',
  'DeleteUserPoolClientSecret',
  'CreateResourceServer',
  'UpdateResourceServer',
  'DeleteResourceServer',
  'CreateUserPoolDomain',
  'UpdateUserPoolDomain',
  'DeleteUserPoolDomain',
];

/** AWS Lambda names a call with the version of its API, such as `UpdateAlias20150331`. */
const FUNCTION_CALLS = [
  'CreateAlias',
  'UpdateAlias',
  'DeleteAlias',
  'UpdateFunctionCode',
  'UpdateFunctionConfiguration',
  'DeleteFunction',
  'PutFunctionConcurrency',
  'AddPermission',
  'RemovePermission',
];

const TABLE_CALLS = [
  'DeleteTable',
  'UpdateTable',
  'UpdateContinuousBackups',
  'PutResourcePolicy',
  'DeleteResourcePolicy',
];

const RULE_CALLS = ['DisableRule', 'DeleteRule', 'PutRule', 'RemoveTargets', 'PutTargets'];

/**
 * The rules of an environment. They decide only when the watcher looks, never what it finds.
 *
 * User pools are not known where the rules are deployed, so changes of every pool of the account match.
 */
export function watchRules(environment: string): WatchRule[] {
  return [
    {
      name: 'pools',
      description: 'A user pool, an app client, a resource server or a domain changed',
      pattern: call('cognito-idp', { eventName: POOL_CALLS }),
    },
    {
      name: 'function',
      description: 'The trigger, its alias or its permission changed',
      pattern: call('lambda', {
        eventName: FUNCTION_CALLS.map((prefix) => ({ prefix })),
        // By name or by ARN, with or without a qualifier.
        requestParameters: { functionName: [{ wildcard: `*${triggerName(environment)}*` }] },
      }),
    },
    {
      name: 'table',
      description: 'The claims table or its policy changed',
      pattern: call('dynamodb', {
        eventName: TABLE_CALLS,
        requestParameters: {
          $or: [
            { tableName: [{ wildcard: `*${tableName(environment)}` }] },
            { resourceArn: [{ wildcard: `*:table/${tableName(environment)}` }] },
          ],
        },
      }),
    },
    {
      name: 'rules',
      description: 'A rule of the watcher changed',
      pattern: call('events', {
        eventName: RULE_CALLS,
        requestParameters: {
          $or: [
            { name: [{ prefix: watchName(environment) }] },
            { rule: [{ prefix: watchName(environment) }] },
          ],
        },
      }),
    },
  ];
}

/** @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html */
function call(service: string, detail: EventPattern): EventPattern {
  return {
    source: [`aws.${service}`],
    'detail-type': ['AWS API Call via CloudTrail'],
    detail: { eventSource: [`${service}.amazonaws.com`], ...detail },
  };
}
