import { InfraError } from '../errors.ts';

/** The arguments of a resource that are looked at. */
interface Values {
  readonly id?: unknown;
  readonly name?: unknown;
  readonly source_arn?: unknown;
}

/** One resource of a plan, as `terraform show -json` describes it. @see https://developer.hashicorp.com/terraform/internals/json-format#plan-representation */
interface ResourceChange {
  readonly address: string;
  readonly type: string;
  /** The key of an instance. */
  readonly index?: string | number;
  readonly change: {
    readonly actions: readonly string[];
    readonly before: Values | null;
    readonly after?: Values | null;
    /** Present for a resource that the plan imports. */
    readonly importing?: object;
  };
}

/** A plan, as far as it is checked. */
export interface Plan {
  readonly resource_changes?: readonly ResourceChange[];
}

/** What a plan may do. */
export interface PlanRules {
  readonly stack: string;
  /** The name of a pool that this stack created; a pool with another name was imported. */
  readonly ownPoolName: string | undefined;
  /** App clients that may be created in an imported pool. */
  readonly newClients: readonly string[];
  /** True if this run retires the environment. */
  readonly isRetired: boolean;
}

const POOL_TYPE = 'aws_cognito_user_pool';
const CLIENT_TYPE = 'aws_cognito_user_pool_client';

/**
 * Checks that no service loses its app client by what Terraform plans.
 *
 * A client ID cannot be chosen: a client that is created in place of one that exists has another ID, and every service
 * that uses the old one is refused. Terraform calls that "1 to add".
 *
 * @throws {InfraError} `ERR_INFRA_PLAN_REFUSED` with every app client that the plan would replace, and every one that it
 *   would create in an imported pool without a sign that it is new.
 */
export function checkPlan({ resource_changes: changes = [] }: Plan, rules: PlanRules): void {
  const clients = changes.filter(({ type }) => type === CLIENT_TYPE);
  const replaced = clients.filter(({ change }) => doesReplace(change.actions)).map(nameOf);
  const created = clients
    .filter(({ change }) => change.actions.join() === 'create')
    .map(nameOf)
    .filter((name) => !rules.newClients.includes(name));
  const lines = [
    ...(rules.isRetired ? [] : replaced.map(replacedLine)),
    ...(isImported(changes, rules) ? created.map((name) => createdLine(name, rules.stack)) : []),
  ];
  if (lines.length === 0) return;
  const headline = `The plan of ${rules.stack} is refused. Nothing was changed.`;
  throw new InfraError('ERR_INFRA_PLAN_REFUSED', [headline, ...lines].join('\n'));
}

const PERMISSION_TYPE = 'aws_lambda_permission';

/**
 * Lists the user pools that may no longer call the trigger after a plan, and are not deleted by it.
 *
 * @returns Their IDs.
 */
export function findRevoked({ resource_changes: changes = [] }: Plan): string[] {
  const deleted = changes
    .filter(({ type, change }) => type === POOL_TYPE && change.actions.includes('delete'))
    .map(({ change }) => change.before?.id);
  return changes
    .filter(({ type, change }) => type === PERMISSION_TYPE && change.actions.includes('delete'))
    .filter(({ change }) => change.after?.source_arn !== change.before?.source_arn)
    .flatMap(({ change }) => /:userpool\/(.+)$/.exec(String(change.before?.source_arn))?.[1] ?? [])
    .filter((userPoolId) => !deleted.includes(userPoolId));
}

function doesReplace(actions: readonly string[]): boolean {
  return actions.includes('create') && actions.includes('delete');
}

function isImported(changes: readonly ResourceChange[], { ownPoolName }: PlanRules): boolean {
  return changes.some(
    ({ type, change: { before, importing } }) =>
      (importing !== undefined && importing !== null && [POOL_TYPE, CLIENT_TYPE].includes(type)) ||
      (type === POOL_TYPE &&
        before !== null &&
        ownPoolName !== undefined &&
        before.name !== ownPoolName),
  );
}

function nameOf({ address, index }: ResourceChange): string {
  return index === undefined ? address : String(index);
}

function replacedLine(name: string): string {
  return `  - It would replace app client "${name}". Its ID would change, and services that use the old one would get no token.`;
}

function createdLine(name: string, stack: string): string {
  return [
    `  - It would create app client "${name}" in a pool that was imported. If the pool already has this client, services that use`,
    `    it would get no token: add its import block to infra/imports/${stack}.tf (m2m import prints it).`,
    `    If the client is new, pass --new-client ${name}.`,
  ].join('\n');
}
