import type { Command, CommandContext } from '../../command.ts';
import type { CheckLimits, DeploymentView } from '../../doctor/deployment-view.ts';
import type { Finding } from '../../doctor/finding.ts';
import { gatherView } from '../../doctor/gather/gather-view.ts';
import { applyRepairs } from '../../doctor/repairs/apply-repairs.ts';
import { describeRepair, mergeRepairs } from '../../doctor/repairs/repair.ts';
import { runChecks } from '../../doctor/run-checks.ts';
import { EXIT_CODES, type ExitCode } from '../../exit-codes.ts';
import { ALWAYS_YES } from '../../prompt.ts';
import { awsClientsOf } from '../../target/aws-target.ts';
import { claimRulesOf } from '../../tokens/claim-rules.ts';
import { toEpochSeconds } from '../../tokens/time.ts';
import type { DoctorJson } from './doctor-json.ts';
import { renderDoctor } from './render-doctor.ts';

/** Input of `m2m doctor`. */
export interface DoctorInput {
  /** @default all pools */
  readonly poolName: string | undefined;
  readonly isFix: boolean;
  /** True to repair without asking. */
  readonly isConfirmed: boolean;
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
  return findings.length + notAllowed.length > 0 ? EXIT_CODES.findings : EXIT_CODES.ok;
}

interface Examination {
  readonly view: DeploymentView;
  readonly findings: readonly Finding[];
}

async function examine(context: CommandContext, input: DoctorInput): Promise<Examination> {
  const view = await gatherView(context, input.poolName);
  const { secretDays, expiryDays } = input;
  const limits: CheckLimits = {
    now: toEpochSeconds(context.clock()),
    rules: claimRulesOf(context.environment),
    secretDays,
    expiryDays,
  };
  return { view, findings: runChecks(view, limits) };
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
