import { partitionOf } from './partition.ts';

/**
 * The names of everything that a deploy writes, and of the settings that it writes the same everywhere.
 *
 * The stacks, the commands, the checks and local Cognito all find a deployment by these names and never by reading another
 * stack's state (decision record 0031). No other module spells one of them.
 */

/** The value of the tag `application`. */
export const APPLICATION = 'cognito-m2m-claims';

/** The keys of the tags that a deploy sets itself. */
export const OWN_TAG_KEYS = ['application', 'environment', 'pool', 'owner'] as const;

/** The alias through which Amazon Cognito calls the trigger. */
export const TRIGGER_ALIAS = 'live';

/** The service principal of Amazon Cognito, the same in every partition. */
export const COGNITO_PRINCIPAL = 'cognito-idp.amazonaws.com';

/**
 * How long Amazon Cognito waits for a trigger, in seconds.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-working-with-lambda-triggers.html
 */
export const COGNITO_LIMIT_SECONDS = 5;

/** The stack with the table and the trigger of an environment. */
export function claimsStackName(environment: string): string {
  return `${environment}-claims`;
}

/** The stack of one pool. */
export function poolStackName(environment: string, pool: string): string {
  return `${environment}-pool-${pool}`;
}

/** The key of a stack's state in its S3 bucket. */
export function stateKey(environment: string, stack: string): string {
  return `m2m/${environment}/${stack}.tfstate`;
}

/** The claims table. */
export function tableName(environment: string): string {
  return `m2m-${environment}-claims`;
}

/** The trigger function, and its role. */
export function triggerName(environment: string): string {
  return `m2m-${environment}-pre-token-generation`;
}

const TRIGGER_NAME = new RegExp(`^${triggerName('(.+)')}$`);

/** The environment whose trigger a function is, by its ARN; `undefined` if it is another function. */
export function environmentOfTrigger(functionArn: string): string | undefined {
  return TRIGGER_NAME.exec(functionArn.split(':')[6] ?? '')?.[1];
}

/** The trigger's log group, where AWS Lambda looks for it. */
export function logGroupName(environment: string): string {
  return `/aws/lambda/${triggerName(environment)}`;
}

/** The watcher: its function and its role. */
export function watchName(environment: string): string {
  return `m2m-${environment}-pool-watch`;
}

/** What the watcher remembers. */
export function watchTableName(environment: string): string {
  return `m2m-${environment}-watch`;
}

/** The watcher's log group. */
export function watchLogGroupName(environment: string): string {
  return `/aws/lambda/${watchName(environment)}`;
}

/** The canary: its function and its role. */
export function canaryName(environment: string): string {
  return `m2m-${environment}-canary`;
}

/** The canary's log group. */
export function canaryLogGroupName(environment: string): string {
  return `/aws/lambda/${canaryName(environment)}`;
}

/** The alias of the customer managed key. */
export function keyAliasName(environment: string): string {
  return `alias/m2m-${environment}`;
}

/** The dashboard of an environment. */
export function dashboardName(environment: string): string {
  return `m2m-${environment}`;
}

/**
 * One alarm of an environment.
 *
 * With a slash: the environment `prod-store` may have an alarm `errors`, and `prod` one called `store-errors`.
 */
export function alarmName(environment: string, alarm: string): string {
  return `m2m-${environment}/${alarm}`;
}

/** The user pool as AWS shows it; an imported pool keeps its own name. */
export function userPoolName(environment: string, pool: string): string {
  return `m2m-${environment}-${pool}`;
}

/** The statement of the alias's policy that lets a pool call the trigger. */
export function permissionStatementId(pool: string): string {
  return `pool-${pool}`;
}

/** The path of the SSM parameters of one pool. */
function parameterPath(environment: string, pool: string): string {
  return `/m2m/${environment}/${pool}`;
}

/** The SSM parameters of one pool. */
export function poolParameterNames(environment: string, pool: string) {
  const path = parameterPath(environment, pool);
  return {
    userPoolId: `${path}/user-pool-id`,
    issuer: `${path}/issuer`,
    tokenEndpoint: `${path}/token-endpoint`,
    tableName: `${path}/table-name`,
    /** What DNS must point the pool's own domain to; only for a pool with a `customDomain`. */
    customDomainTarget: `${path}/custom-domain-target`,
  } as const;
}

/**
 * The SSM parameter in which `m2m attach` remembers what an existing pool called before. No stack knows it: `m2m detach`
 * deletes it.
 */
export function attachmentParameterName(environment: string, pool: string): string {
  return `${parameterPath(environment, pool)}/attachment`;
}

/** The SSM parameter that holds an app client's id. */
export function clientParameterName(environment: string, pool: string, client: string): string {
  return `${parameterPath(environment, pool)}/clients/${client}`;
}

/**
 * The Secrets Manager secret that holds an app client's id and secret.
 *
 * With a last part of its own: Secrets Manager may not find a secret whose name ends in a hyphen and six characters, as
 * `billing-worker` does, by its partial ARN.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html#ARN_secretnamehyphen
 */
export function secretName(environment: string, pool: string, client: string): string {
  return `m2m/${environment}/${pool}/${client}/credentials`;
}

/**
 * The token endpoint of a pool with a prefix domain.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-assign-domain-prefix.html
 */
export function tokenEndpoint(domainPrefix: string, region: string): string {
  const { name, dnsSuffix } = partitionOf(region);
  // AWS GovCloud offers the FIPS endpoint only.
  const service = name === 'aws-us-gov' ? 'auth-fips' : 'auth';
  const suffix = dnsSuffix.replace('amazonaws', 'amazoncognito');
  return `https://${domainPrefix}.${service}.${region}.${suffix}/oauth2/token`;
}

/** The token endpoint of a pool with a domain of its own. */
export function customTokenEndpoint(domain: string): string {
  return `https://${domain}/oauth2/token`;
}

/**
 * The issuer of a pool's tokens in its original form. A pool may be set to the updated form, which its discovery document shows.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-verifying-a-jwt.html
 */
export function originalIssuer(userPoolId: string, region: string): string {
  return `https://cognito-idp.${region}.${partitionOf(region).dnsSuffix}/${userPoolId}`;
}

/** The issuer of the same pool in the updated form. */
export function updatedIssuer(original: string): string {
  return original.replace('https://', 'https://issuer-');
}

/** The address of a service in a Region, as principals and conditions of policies name it. */
export function serviceAddress(service: string, region: string): string {
  return `${service}.${region}.${partitionOf(region).dnsSuffix}`;
}

/** Where the AWS SDKs and Terraform look for another Amazon Cognito than that of AWS; the first that is set counts. */
export const COGNITO_ENDPOINT_VARIABLES = [
  'AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER',
  'AWS_ENDPOINT_URL',
] as const;

/** Reads where another Amazon Cognito than that of AWS is. @returns Its URL, or `undefined` for that of AWS. */
export function cognitoEndpoint(variables: {
  readonly [name: string]: string | undefined;
}): string | undefined {
  return COGNITO_ENDPOINT_VARIABLES.map((name) => variables[name]).find(Boolean);
}
