import {
  type BaselineRecord,
  type ClaimLayers,
  type ClaimRequest,
  type ClaimRules,
  type OverrideRecord,
  type Resolution,
  resolveClaims,
  type SettingsRecord,
  supposeToken,
} from '@cognito-m2m/claim-schema';
import type { ClientHistory } from '@cognito-m2m/claims-store/lister';
import { addSettings } from '@cognito-m2m/claims-store/reader';
import type { Environment } from '@cognito-m2m/environment';
import type { FoundClient } from '../deployment/find-pools.ts';
import type { CommandContext } from '../frame/command.ts';
import { CliError } from '../frame/errors.ts';

/** Everything that the table holds for one client. */
export interface ClientRecords {
  readonly baseline?: BaselineRecord | undefined;
  readonly settings?: SettingsRecord | undefined;
  /** Oldest first; only the newest, where nothing else is needed. */
  readonly revisions: readonly OverrideRecord[];
  /** The number of the newest revision that is not a valid record, if there is one. */
  readonly unreadableRevision?: number | undefined;
}

/**
 * Reads the records of one client with its whole history, strongly consistent.
 *
 * @throws {CliError} `ERR_RECORD_INVALID` if one of them is not a valid record: the trigger would refuse a token, too.
 */
export async function readClientRecords(
  context: CommandContext,
  found: FoundClient,
): Promise<ClientRecords> {
  const { lister } = context.target.openClaims(found.deployed);
  const history = await lister.readHistory(found.deployed.userPoolId, found.clientId);
  return withSettings(context, found, refuseInvalid(found, history));
}

/**
 * Reads what the next revision builds on, strongly consistent: two items, however long the history is.
 *
 * @throws {CliError} `ERR_RECORD_INVALID` as {@link readClientRecords}.
 */
export async function readNewestRecords(
  context: CommandContext,
  found: FoundClient,
): Promise<ClientRecords> {
  const { lister } = context.target.openClaims(found.deployed);
  const newest = await lister.readNewest(found.deployed.userPoolId, found.clientId);
  return withSettings(context, found, refuseInvalid(found, newest));
}

/** The number in the sort key of a revision; 0 for any other item. */
export function revisionOf(sortKey: string): number {
  return Number(/#CLAIMS#(\d{1,10})$/.exec(sortKey)?.[1] ?? 0);
}

function refuseInvalid(
  { clientName }: FoundClient,
  { invalidItems, ...records }: ClientHistory,
): ClientRecords {
  if (invalidItems.length === 0) return records;
  const keys = invalidItems.map(({ sortKey }) => `"${sortKey}"`).join(', ');
  const message = `The claims table holds items of client "${clientName}" that are not valid records: ${keys}.`;
  throw new CliError('ERR_RECORD_INVALID', message, { next: { m2m: 'doctor' } });
}

async function withSettings(
  { target }: CommandContext,
  { deployed }: FoundClient,
  records: ClientRecords,
): Promise<ClientRecords> {
  const { reader } = target.openClaims(deployed);
  const { settings } = await addSettings(reader, deployed.userPoolId, layersOf(records));
  return { ...records, settings };
}

/** The layers that decide a token: the baseline, the newest override, the settings. */
export function layersOf({ baseline, settings, revisions }: ClientRecords): ClaimLayers {
  return { baseline, override: revisions.at(-1), settings };
}

/**
 * Resolves the token of a request, with a supposed token of a user where the client takes claims from one.
 *
 * @param now - Epoch seconds.
 */
export function predictToken(
  layers: ClaimLayers,
  request: ClaimRequest,
  now: number,
  rules: ClaimRules,
): Resolution {
  const selector = layers.baseline?.claimsFromToken;
  const token = selector && supposeToken(selector, rules.contract);
  return resolveClaims(layers, { ...request, token }, now, rules);
}

/** The rules that hold for every token of an environment: the team's contract and the trigger's size budget. */
export function claimRulesOf({ contract, trigger }: Environment): ClaimRules {
  return { contract, sizeBudgetBytes: trigger.sizeBudgetBytes };
}
