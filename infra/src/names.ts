/**
 * The names of what an environment is made of.
 *
 * The one thing that the stacks of an environment share: a pool's stack finds the table and the trigger by these
 * names, never by reading another stack's state (decision record 0031).
 */

/** The alias through which Amazon Cognito calls the trigger. */
export const TRIGGER_ALIAS = 'live';

/** The stack with the table and the trigger of an environment. */
export function claimsStackName(environment: string): string {
  return `${environment}-claims`;
}

/** The stack of one pool. */
export function poolStackName(environment: string, pool: string): string {
  return `${environment}-pool-${pool}`;
}

/** The claims table. */
export function tableName(environment: string): string {
  return `m2m-${environment}-claims`;
}

/** The trigger's variable with the mark of the contract that it was built with. */
export const CONTRACT_DIGEST_VARIABLE = 'CLAIMS_CONTRACT_DIGEST';

/** The trigger function, and its role. */
export function triggerName(environment: string): string {
  return `m2m-${environment}-pre-token-generation`;
}

/** The trigger's log group, where AWS Lambda looks for it. */
export function logGroupName(environment: string): string {
  return `/aws/lambda/${triggerName(environment)}`;
}

/** The alias of the customer managed key. */
export function keyAliasName(environment: string): string {
  return `alias/m2m-${environment}`;
}

/** A parameter of a pool, read by the command line and by services. */
export function parameterName(environment: string, pool: string, leaf: string): string {
  return `/m2m/${environment}/${pool}/${leaf}`;
}

/** The secret that holds a client's id and secret. */
export function secretName(environment: string, pool: string, client: string): string {
  return `m2m/${environment}/${pool}/${client}`;
}
