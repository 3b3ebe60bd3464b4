import type { Command, CommandContext } from '../frame/command.ts';
import { readClaimChanges, readClaimNames } from '../frame/input/claims.ts';
import { parseDuration } from '../frame/input/times.ts';
import { invalidArgument } from '../frame/names.ts';
import { toEpochSeconds } from '../frame/time.ts';
import { claimRulesOf } from '../prediction/client-records.ts';
import { type ChangeInput, runChange } from './run-change.ts';

/** Input of `m2m set`. */
export interface SetInput extends ChangeInput {
  /** As `name=value`; of one member of an object claim as `claim.member=value`. */
  readonly claims: readonly string[];
  /** A duration. @default never */
  readonly expiresIn: string | undefined;
}

/** `m2m set`: sets override claims of one client, or single members of object claims. */
export const set: Command<CommandContext, SetInput> = async (context, input) => {
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
export const unset: Command<CommandContext, UnsetInput> = (context, { names, ...input }) => {
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
export const rollback: Command<CommandContext, RollbackInput> = (context, { to, ...input }) => {
  if (!/^\d{1,10}$/.test(to)) {
    const next = { m2m: `history ${input.poolName} ${input.clientName}` };
    throw invalidArgument('--to', to, 'the number of a revision', next);
  }
  return runChange(context, input, { type: 'rollback', toRevision: Number(to) });
};

/** `m2m disable`: the kill switch, no token for the client from the next read on. */
export const disable: Command<CommandContext, ChangeInput> = (context, input) =>
  runChange(context, input, { type: 'disable' });

/** `m2m enable`: tokens for a disabled client again. */
export const enable: Command<CommandContext, ChangeInput> = (context, input) =>
  runChange(context, input, { type: 'enable' });
