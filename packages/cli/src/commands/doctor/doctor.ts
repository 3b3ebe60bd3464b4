import type { Command, CommandContext } from '../../command.ts';
import type { CheckLimits, DeploymentView } from '../../doctor/deployment-view.ts';
import type { Finding } from '../../doctor/finding.ts';
import { gatherView } from '../../doctor/gather/gather-view.ts';
import { applyRepairs } from '../../doctor/repairs/apply-repairs.ts';
import { describeRepair, mergeRepairs } from '../../doctor/repairs/repair.ts';
import { runChecks } from '../../doctor/run-checks.ts';
import { EXIT_CODES } from '../../exit-codes.ts';
import { ALWAYS_YES } from '../../prompt.ts';
import { awsClientsOf } from '../../target/aws-target.ts';
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
  const repaired = input.isFix ? await repair(context, before.findings, input) : [];
  const { view, findings } = repaired.length > 0 ? await examine(context, input) : before;
  const json: DoctorJson = {
    environment: context.environment.name,
    target: context.target.label,
    findings: findings.map(({ repair: found, ...rest }) => ({
      ...rest,
      isFixable: found !== undefined,
    })),
    notChecked: view.notChecked,
    repaired,
  };
  return {
    json,
    text: (style) => renderDoctor(json, style),
    exitCode: findings.length > 0 ? EXIT_CODES.findings : EXIT_CODES.ok,
  };
};

interface Examination {
  readonly view: DeploymentView;
  readonly findings: readonly Finding[];
}

async function examine(context: CommandContext, input: DoctorInput): Promise<Examination> {
  const view = await gatherView(context, input.poolName);
  const { secretDays, expiryDays } = input;
  const limits: CheckLimits = { now: toEpochSeconds(context.clock()), secretDays, expiryDays };
  return { view, findings: runChecks(view, limits) };
}

/** Repairs what can be repaired, if whoever is asked agrees; answers what was changed. */
async function repair(
  { prompt, target }: CommandContext,
  findings: readonly Finding[],
  { isConfirmed }: DoctorInput,
): Promise<string[]> {
  const repairs = mergeRepairs(findings.flatMap((finding) => finding.repair ?? []));
  const clients = awsClientsOf(target);
  if (repairs.length === 0 || clients === undefined) return [];
  const lines = repairs.flatMap(describeRepair);
  const text = ['This will change:', ...lines.map((line) => `  ${line}`)].join('\n');
  const asker = isConfirmed ? ALWAYS_YES : prompt;
  if (!(await asker.confirm(text, `Repair on ${target.label}?`))) return [];
  await applyRepairs(clients, repairs);
  return lines;
}
