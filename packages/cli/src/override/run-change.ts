import type { Fault, OverrideRecord } from '@cognito-m2m/claim-schema';
import { StoreError } from '@cognito-m2m/claims-store/errors';
import type { ClaimsWriter } from '@cognito-m2m/claims-store/writer';
import { readDeployedRules } from '../deployment/deployed-trigger.ts';
import { type FoundClient, requireClient } from '../deployment/find-pools.ts';
import type { CommandContext, CommandResult } from '../frame/command.ts';
import { CliError, type NextStep, readOnlyError } from '../frame/errors.ts';
import {
  type ClientRecords,
  claimRulesOf,
  readClientRecords,
  readForKillSwitch,
  readNewestRecords,
} from '../prediction/client-records.ts';
import { type ChangeEnding, describeChange, renderChange } from './change-result.ts';
import {
  type ChangePlan,
  type ChangeRequest,
  type OverrideChange,
  planChange,
} from './plan-change.ts';

/** What every changing command receives. */
export interface ChangeInput {
  readonly poolName: string;
  readonly clientName: string;
  readonly reason: string;
  /** True to write without asking. */
  readonly isConfirmed: boolean;
}

/**
 * Changes the override of one client: reads, plans, shows, asks, writes.
 *
 * @param inputFaults - What could not be read of the command line.
 * @throws {CliError} `ERR_CHANGE_REFUSED`, `ERR_STORE_LOST_RACE`, `ERR_CONFIRMATION_NEEDED` and those of finding a client.
 */
export async function runChange(
  context: CommandContext,
  input: ChangeInput,
  change: OverrideChange,
  inputFaults: readonly Fault[] = [],
): Promise<CommandResult> {
  if (context.target.isReadOnly) throw readOnlyError('ERR_CHANGE_REFUSED');
  const found = await requireClient(context, input.poolName, input.clientName);
  const plan = await makePlan(context, found, input, { change, inputFaults });
  const describe = (ending: ChangeEnding) =>
    describeChange(context, found, { plan, kind: change.type, ending });
  if (plan.record === undefined) return describe('nothing');
  if (!(await confirmPlan(context, input, plan))) return describe('refused');
  const { writer } = context.target.openClaims(found.deployed);
  await applyChange(writer, plan.record, {
    m2m: `history ${input.poolName} ${input.clientName}`,
    afterwards: 'then your command again',
  });
  return describe(input.isConfirmed ? 'shown' : 'asked');
}

async function makePlan(
  context: CommandContext,
  found: FoundClient,
  { reason }: ChangeInput,
  { change, inputFaults }: Pick<ChangeRequest, 'change' | 'inputFaults'>,
): Promise<ChangePlan> {
  const { environment, target, clock } = context;
  const { deployed, clientName, clientId } = found;
  const rules = claimRulesOf(environment);
  const [records, scopes, updatedBy, deployedRules] = await Promise.all([
    readRecords(context, found, change),
    readScopes(context, found, change),
    target.readCaller(),
    isKillSwitch(change) ? undefined : readDeployedRules(rules.contract, target, environment.name),
  ]);
  const author = { updatedBy, reason };
  const { userPoolId } = deployed;
  const plan = planChange({
    userPoolId,
    clientId,
    clientArguments: `${deployed.name} ${clientName}`,
    scopes,
    records,
    change,
    inputFaults,
    author,
    nowMs: clock(),
    rules,
  });
  return { ...plan, isOfTriggersContract: deployedRules?.isOfContract };
}

// Only an older revision needs the history, which may be long; the kill switch works whatever state the records are in.
function readRecords(
  context: CommandContext,
  found: FoundClient,
  change: OverrideChange,
): Promise<ClientRecords> {
  if (isKillSwitch(change)) return readForKillSwitch(context, found);
  return change.type === 'rollback'
    ? readClientRecords(context, found)
    : readNewestRecords(context, found);
}

function isKillSwitch({ type }: OverrideChange): boolean {
  return type === 'disable' || type === 'enable';
}

// The kill switch asks Amazon Cognito nothing: it works while describing a client fails.
async function readScopes(
  { target }: CommandContext,
  { deployed, clientName, clientId, client }: FoundClient,
  change: OverrideChange,
): Promise<readonly string[]> {
  if (isKillSwitch(change)) return client?.scopes ?? [];
  return target.readScopes(deployed, clientName, clientId);
}

async function confirmPlan(
  { prompt, output, environment, target }: CommandContext,
  { isConfirmed, poolName, clientName }: ChangeInput,
  plan: ChangePlan,
): Promise<boolean> {
  if (isConfirmed) return true;
  const text = renderChange(plan, environment.trigger.sizeBudgetBytes, output.style);
  const question = `Write revision ${plan.record?.revision} of ${poolName} / ${clientName} to ${environment.name} on ${target.label}?`;
  return prompt.confirm(text, question);
}

/**
 * Writes a planned revision.
 *
 * @param next - The command to run after a lost race.
 * @throws {CliError} `ERR_STORE_LOST_RACE` if someone else wrote that revision meanwhile: nothing is lost, nothing is written.
 */
async function applyChange(
  writer: ClaimsWriter,
  record: OverrideRecord,
  next: NextStep,
): Promise<void> {
  await writer.addOverride(record).catch((cause: unknown) => {
    if (!(cause instanceof StoreError) || cause.code !== 'ERR_STORE_LOST_RACE') throw cause;
    const message = `Someone else wrote revision ${record.revision} first. Your change was not written.`;
    throw new CliError('ERR_STORE_LOST_RACE', message, { cause, next });
  });
}
