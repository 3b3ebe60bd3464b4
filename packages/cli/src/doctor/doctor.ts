import type { TokenIssuer } from '@cognito-m2m/claim-schema';
import {
  applyRepair,
  describeRepair,
  type Finding,
  gatherDeployment,
  mergeRepairs,
  type Repair,
  runChecks,
} from '@cognito-m2m/doctor';
import {
  secretName,
  TRIGGER_ALIAS,
  triggerName,
  userPoolName,
} from '@cognito-m2m/environment/names';
import type { AwsClients } from '../deployment/aws-clients.ts';
import { awsClientsOf } from '../deployment/aws-target.ts';
import { declaredPools, deployCommand } from '../deployment/find-pools.ts';
import type { Command, CommandContext } from '../frame/command.ts';
import { CliError, EXIT_CODES, type ExitCode } from '../frame/errors.ts';
import { ALWAYS_YES } from '../frame/prompt.ts';
import type { DeployedPool } from '../frame/target.ts';
import { toEpochSeconds } from '../frame/time.ts';
import { claimRulesOf } from '../prediction/client-records.ts';
import { type DoctorJson, renderDoctor } from './render-doctor.ts';

/** More clients of a pool are described only with `--all-clients`: 20 s at the quotas of Amazon Cognito. */
const MAX_DESCRIBED = 100;

/** Input of `m2m doctor`. */
export interface DoctorInput {
  /** @default all pools */
  readonly poolName: string | undefined;
  readonly isFix: boolean;
  /** True to repair without asking. */
  readonly isConfirmed: boolean;
  /** True to describe every client of large pools. */
  readonly isAllClients: boolean;
  /** How old a client secret may be, in days. */
  readonly secretDays: number;
  /** How soon an override must end to show, in days. */
  readonly expiryDays: number;
}

/** `m2m doctor`: what is wrong with a deployment; with `--fix`, what is left after the repair. */
export const doctor: Command<CommandContext, DoctorInput> = async (context, input) => {
  const before = await examine(context, input);
  const { fix, repaired } = input.isFix
    ? await repair(context, before.findings, input)
    : UNREPAIRED;
  const { view, findings } = repaired.length > 0 ? await examine(context, input) : before;
  const json: DoctorJson = {
    environment: context.environment.name,
    target: context.target.label,
    findings: findings.map(({ repair: found, ...rest }) => ({
      ...rest,
      isFixable: found !== undefined,
    })),
    notChecked: view.notChecked,
    notAllowed: view.notAllowed,
    fix,
    repaired,
  };
  return { json, text: (style) => renderDoctor(json, style), exitCode: exitCodeOf(json) };
};

function exitCodeOf({ fix, findings, notAllowed }: DoctorJson): ExitCode {
  if (fix === 'refused') return EXIT_CODES.fault;
  // What this caller may not see may be wrong: a nightly job must not take it for health.
  const isWrong = findings.some(({ severity }) => severity !== 'notice');
  return isWrong || notAllowed.length > 0 ? EXIT_CODES.findings : EXIT_CODES.ok;
}

async function examine(
  context: CommandContext,
  { poolName, isAllClients, ...limits }: DoctorInput,
) {
  const { environment, target, commandLine, output } = context;
  const view = await gatherDeployment<DeployedPool>({
    environment,
    commandLine,
    deployCommand: deployCommand(target, environment.name),
    pools: declaredPools(context, poolName),
    clients: awsClientsOf(target),
    trigger: { functionName: triggerName(environment.name), alias: TRIGGER_ALIAS },
    findPool: (name) => target.findPool(name),
    listClientIds: (name) => target.listClientIds(name),
    userPoolName: (name) => userPoolName(environment.name, name),
    secretName: (pool, client) => secretName(environment.name, pool, client),
    clientScope: { settings: isAllClients ? Number.POSITIVE_INFINITY : MAX_DESCRIBED },
    openLister: (pool) => target.openClaims(pool).lister,
    startProgress: output.startProgress,
    findKeysProblem,
  });
  const { secretDays, expiryDays } = limits;
  const now = toEpochSeconds(context.clock());
  const rules = claimRulesOf(environment);
  return { view, findings: runChecks(view, { now, rules, secretDays, expiryDays }) };
}

/** Reads the keys of an issuer as the trigger does. */
async function findKeysProblem(issuer: TokenIssuer): Promise<string | undefined> {
  const { findKeysProblem: find } = await import(
    '@cognito-m2m/pre-token-generation/verified-token'
  );
  return find(issuer);
}

type Repaired = Pick<DoctorJson, 'fix' | 'repaired'>;

const UNREPAIRED: Repaired = { fix: 'not-asked', repaired: [] };

/** Repairs what can be repaired, if whoever is asked agrees; answers what was changed. */
async function repair(
  { prompt, target }: CommandContext,
  findings: readonly Finding[],
  { isConfirmed }: DoctorInput,
): Promise<Repaired> {
  const clients = awsClientsOf(target);
  if (clients === undefined) return { fix: 'not-available', repaired: [] };
  const repairs = mergeRepairs(findings.flatMap((finding) => finding.repair ?? []));
  if (repairs.length === 0) return { fix: 'nothing', repaired: [] };
  // Refuses credentials of another account.
  await target.readCaller();
  const lines = repairs.flatMap(describeRepair);
  const text = ['This will change:', ...lines.map((line) => `  ${line}`)].join('\n');
  const asker = isConfirmed ? ALWAYS_YES : prompt;
  if (!(await asker.confirm(text, `Repair on ${target.label}?`))) {
    return { fix: 'refused', repaired: [] };
  }
  await applyRepairs(clients, repairs);
  return { fix: 'done', repaired: lines };
}

/**
 * Applies repairs in their order.
 *
 * @throws {CliError} `ERR_REPAIR_FAILED`, which names what was applied before and what was not.
 */
async function applyRepairs(clients: AwsClients, repairs: readonly Repair[]): Promise<void> {
  for (const [index, each] of repairs.entries()) {
    await applyRepair(clients, each).catch((cause: unknown) => {
      throw repairFailed(repairs, index, cause);
    });
  }
}

function repairFailed(repairs: readonly Repair[], index: number, cause: unknown): CliError {
  const lines = (some: readonly Repair[], mark: string) =>
    some.flatMap(describeRepair).map((line) => `  ${mark} ${line}`);
  const reason = cause instanceof Error ? cause.name : 'unknown error';
  const message = [
    `A repair failed: ${reason}.`,
    ...lines(repairs.slice(0, index), 'applied:'),
    ...lines(repairs.slice(index, index + 1), 'failed:'),
    ...lines(repairs.slice(index + 1), 'not tried:'),
  ].join('\n');
  return new CliError('ERR_REPAIR_FAILED', message, { cause, next: { m2m: 'doctor' } });
}
