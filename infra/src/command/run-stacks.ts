import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { InfraError } from '../errors.ts';
import { issuerArguments, type StackPool } from './pool-issuer.ts';
import type { RevokedPool, RunOptions, TerraformCommand } from './read-request.ts';
import { type Print, readTerraform, runTerraform, type TerraformPlace } from './run-terraform.ts';

/** A stack that Terraform is run for. */
export interface StackRun {
  readonly name: string;
  readonly directory: string;
  /** `undefined` for the claims stack. */
  readonly pool: StackPool | undefined;
}

/** What a run of several stacks is made from. */
interface StacksRun {
  readonly command: TerraformCommand;
  /** Groups that go one after the other; the stacks of a group may go at once. */
  readonly groups: readonly (readonly StackRun[])[];
  readonly options: RunOptions;
  readonly isRetired: boolean;
  /** Checks user pools that may not call the trigger after a deploy. @throws {InfraError} As `checkDetached`. */
  readonly checkRevoked: (pools: readonly RevokedPool[]) => Promise<void>;
  readonly print: Print;
  /** Asks a yes-or-no question. @throws {InfraError} `ERR_INFRA_NOT_CONFIRMED` unless the answer is yes. */
  readonly confirm: (question: string) => Promise<void>;
  /** Aborts when this process is to end: the running stacks end in good order, no other begins. */
  readonly stop: AbortSignal;
}

/** Where Terraform writes a plan; it holds secrets, and is deleted after its use. */
const PLAN_FILE = 'm2m.tfplan';

/**
 * Runs Terraform for stacks, in order. After a stack that failed no other begins.
 *
 * @throws {InfraError} The failure of the first stack that failed, with what was done and what was not.
 */
export async function runStacks(run: StacksRun): Promise<void> {
  const done: string[] = [];
  const failures: InfraError[] = [];
  const begun: string[] = [];
  let initialised: Promise<unknown> = Promise.resolve();
  /** One at a time: Terraform's provider cache is not safe for more. @see https://developer.hashicorp.com/terraform/cli/config/config-file#provider-plugin-cache */
  const initialise = (init: () => Promise<unknown>) => {
    initialised = initialised.then(init, init);
    return initialised;
  };
  const isSequential = !run.options.isApproved;
  for (const group of run.groups) {
    const waiting = [...group];
    const work = async () => {
      for (let stack = waiting.shift(); stack !== undefined; stack = waiting.shift()) {
        if (failures.length > 0 || run.stop.aborted) return;
        begun.push(stack.name);
        const hasCompany = !isSequential && group.length > 1;
        await runStack(run, stack, { initialise, hasCompany }).then(
          () => done.push(stack.name),
          (error: unknown) => failures.push(asInfraError(error)),
        );
      }
    };
    const workers = isSequential ? 1 : Math.min(run.options.parallelism, group.length);
    await Promise.all(Array.from({ length: workers }, work));
  }
  if (failures.length > 0 || run.stop.aborted) throw summarise(run, { done, begun, failures });
}

/** Plans one stack, checks the plan, asks, and applies that very plan. */
async function runStack(
  run: StacksRun,
  stack: StackRun,
  {
    initialise,
    hasCompany,
  }: { initialise: (init: () => Promise<unknown>) => Promise<unknown>; hasCompany: boolean },
): Promise<void> {
  const { command, options } = run;
  const { name, directory, pool } = stack;
  const print: Print = hasCompany
    ? (line, isError) => run.print(`${name}  ${line}`, isError)
    : run.print;
  const place: TerraformPlace = { stack: name, directory, print, stop: run.stop };
  const color = options.hasColors ? [] : ['-no-color'];
  const parallelism =
    options.terraformParallelism === undefined
      ? []
      : [`-parallelism=${options.terraformParallelism}`];
  run.print(`${name}: ${command}`);
  try {
    const migrate = options.migratesState ? ['-migrate-state', '-force-copy'] : [];
    await initialise(() => runInit(place, ['init', '-input=false', ...color, ...migrate]));
    const what = command === 'destroy' ? ['-destroy'] : await issuerArguments(pool, place);
    const plan = ['plan', '-input=false', '-detailed-exitcode', `-out=${PLAN_FILE}`];
    const planned = await runTerraform(place, [...plan, ...what, ...color, ...parallelism], [0, 2]);
    const hasChanges = planned.exitCode !== 0;
    // Reading the plan costs seconds; one without changes, or of a destroy, breaks no rule.
    if (command !== 'destroy' && hasChanges) {
      await checkPlanFile(run, stack, place);
    }
    if (command === 'diff' || !hasChanges) return;
    if (!options.isApproved) await run.confirm(`${command} ${name} as planned above`);
    await runTerraform(place, ['apply', '-input=false', ...color, ...parallelism, PLAN_FILE]);
  } finally {
    await rm(join(directory, PLAN_FILE), { force: true });
  }
}

/** Checks what the planned changes are. @throws {InfraError} As `checkPlan` and `checkDetached`. */
async function checkPlanFile(
  { options: { newClients }, isRetired, checkRevoked }: StacksRun,
  { name, pool }: StackRun,
  place: TerraformPlace,
): Promise<void> {
  const plan = await readTerraform<Plan>(place, ['show', '-json', PLAN_FILE]);
  checkPlan(plan, { stack: name, ownPoolName: pool?.ownName, newClients, isRetired });
  const poolName = pool?.name ?? name;
  await checkRevoked(findRevoked(plan).map((userPoolId) => ({ name: poolName, userPoolId })));
}

/** What `init` prints is of interest only if it fails. */
async function runInit(place: TerraformPlace, args: readonly string[]): Promise<void> {
  const lines: string[] = [];
  await runTerraform({ ...place, print: (line) => lines.push(line) }, args).catch((error) => {
    for (const line of lines) place.print(line, true);
    throw error;
  });
}

function asInfraError(error: unknown): InfraError {
  if (error instanceof InfraError) return error;
  throw error;
}

const DONE = { diff: 'Planned', deploy: 'Deployed', destroy: 'Destroyed' } as const;

function summarise(
  { command, groups, stop }: StacksRun,
  state: { done: readonly string[]; begun: readonly string[]; failures: readonly InfraError[] },
): InfraError {
  const { done, begun, failures } = state;
  const all = groups.flat().map(({ name }) => name);
  const notBegun = all.filter((name) => !begun.includes(name));
  const list = (names: readonly string[]) => names.join(', ') || 'none';
  const message = [
    ...(stop.aborted ? [`Stopped by ${stop.reason}.`] : []),
    ...failures.map((failure) => failure.message),
    `${DONE[command]}: ${list(done)}. Not started: ${list(notBegun)}.`,
  ].join('\n');
  const [first] = failures;
  return new InfraError(first?.code ?? 'ERR_INFRA_TERRAFORM_FAILED', message, { cause: first });
}

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
interface PlanRules {
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
