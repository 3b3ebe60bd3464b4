import type { Fault, OverrideRecord } from '@cognito-m2m/claim-schema';
import { StoreError } from '@cognito-m2m/claims-store/errors';
import type { ClaimsWriter } from '@cognito-m2m/claims-store/writer';
import { readDeployedRules } from '../deployment/aws-target.ts';
import {
  type FoundClient,
  nameClient,
  placeText,
  requireClient,
} from '../deployment/find-pools.ts';
import type { Command, CommandContext, CommandResult } from '../frame/command.ts';
import { CliError, invalidArgument, type NextStep, readOnlyError } from '../frame/errors.ts';
import { readClaimChanges, readClaimNames } from '../frame/input.ts';
import { parseDuration, toEpochSeconds } from '../frame/time.ts';
import {
  type ClientRecords,
  claimRulesOf,
  readClientRecords,
  readNewestRecords,
  revisionOf,
} from '../prediction/client-records.ts';
import { type ChangeEnding, describeChange, renderChange } from './change-result.ts';
import type { OverrideChange } from './next-state.ts';
import { type ChangePlan, type ChangeRequest, planChange } from './plan-change.ts';

/** Input of `m2m set`. */
export interface SetInput extends ChangeInput {
  /** As `name=value`; of one member of an object claim as `claim.member=value`. */
  readonly claims: readonly string[];
  /** A duration. @default never */
  readonly expiresIn: string | undefined;
}

/** `m2m set`: sets override claims of one client, or single members of object claims. */
const set: Command<CommandContext, SetInput> = async (context, input) => {
  const { contract } = claimRulesOf(context.environment);
  const expiresAt =
    input.expiresIn === undefined
      ? undefined
      : toEpochSeconds(context.clock()) + parseDuration(input.expiresIn, '--expires-in');
  const { claims: values, members, faults } = readClaimChanges(input.claims, contract);
  const claims = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      expiresAt === undefined ? { value } : { value, expiresAt },
    ]),
  );
  return runChange(context, input, { type: 'set', claims, members, expiresAt }, faults);
};

/** Input of `m2m unset`. */
interface UnsetInput extends ChangeInput {
  /** Of claims, and of members of object claims. */
  readonly names: readonly string[];
}

/** `m2m unset`: removes claims and members from a client's override, so that the layer below shows again. */
const unset: Command<CommandContext, UnsetInput> = (context, { names, ...input }) => {
  const { contract } = claimRulesOf(context.environment);
  const { claimNames, members, faults } = readClaimNames(names, contract);
  return runChange(context, input, { type: 'unset', claimNames, members }, faults);
};

/** Input of `m2m rollback`. */
interface RollbackInput extends ChangeInput {
  /** A revision's number; 0 is the state before the first. */
  readonly to: string;
}

/** `m2m rollback`: writes the claims of an older revision as the next one. */
const rollback: Command<CommandContext, RollbackInput> = (context, { to, ...input }) => {
  if (!/^\d{1,10}$/.test(to)) {
    const next = { m2m: `history ${input.poolName} ${input.clientName}` };
    throw invalidArgument('--to', to, 'the number of a revision', next);
  }
  return runChange(context, input, { type: 'rollback', toRevision: Number(to) });
};

/** `m2m disable`: the kill switch, no token for the client from the next read on. */
const disable: Command<CommandContext, ChangeInput> = (context, input) =>
  runChange(context, input, { type: 'disable' });

/** `m2m enable`: tokens for a disabled client again. */
const enable: Command<CommandContext, ChangeInput> = (context, input) =>
  runChange(context, input, { type: 'enable' });

/** The commands that change the override of a client. */
export const overrideCommands = { set, unset, rollback, disable, enable };

/** What every changing command receives. */
interface ChangeInput {
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
  if (!(await confirmPlan(context, found, input, plan))) return describe('refused');
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
  found: FoundClient,
  { isConfirmed }: ChangeInput,
  plan: ChangePlan,
): Promise<boolean> {
  if (isConfirmed) return true;
  const text = renderChange(plan, environment.trigger.sizeBudgetBytes, output.style);
  const question = `Write revision ${plan.record?.revision} of ${placeText(nameClient(found))} to ${environment.name} on ${target.label}?`;
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

/** As {@link readNewestRecords}, for the kill switch: a record that cannot be read does not stop it. */
async function readForKillSwitch(
  context: CommandContext,
  { deployed, clientId }: FoundClient,
): Promise<ClientRecords> {
  const { lister } = context.target.openClaims(deployed);
  const newest = await lister.readNewest(deployed.userPoolId, clientId);
  if (newest.invalidItems.length === 0) return newest;
  const history = await lister.readHistory(deployed.userPoolId, clientId);
  const unreadable = history.invalidItems.map(({ sortKey }) => revisionOf(sortKey));
  return { ...history, unreadableRevision: Math.max(0, ...unreadable) };
}
