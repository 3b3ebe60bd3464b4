import {
  type BaselineRecord,
  type ClaimLayers,
  type ClaimRequest,
  type ClaimRules,
  needsSettings,
  type OverrideRecord,
  type Resolution,
  resolveClaims,
  type SettingsRecord,
  supposeToken,
} from '@cognito-m2m/claim-schema';
import type { Environment } from '@cognito-m2m/environment';
import type { FoundClient } from '../deployment/find-pools.ts';
import type { CommandContext } from '../frame/command.ts';
import { CliError } from '../frame/errors.ts';

/** Everything that the table holds for one client. */
export interface ClientRecords {
  readonly baseline?: BaselineRecord | undefined;
  readonly settings?: SettingsRecord | undefined;
  /** Oldest first. */
  readonly revisions: readonly OverrideRecord[];
}

/**
 * Reads the records of one client, strongly consistent.
 *
 * @throws {CliError} `ERR_RECORD_INVALID` if one of them is no record: the trigger would refuse a token, too.
 */
export async function readClientRecords(
  { target }: CommandContext,
  { deployed, clientId, clientName }: FoundClient,
): Promise<ClientRecords> {
  const { lister, reader } = target.openClaims(deployed);
  const { invalidItems, ...history } = await lister.readHistory(deployed.userPoolId, clientId);
  if (invalidItems.length > 0) {
    const keys = invalidItems.map(({ sortKey }) => sortKey).join(', ');
    throw new CliError(
      'ERR_RECORD_INVALID',
      `The table holds ${keys} for client "${clientName}", which is no record.`,
      { next: { m2m: 'doctor' } },
    );
  }
  if (!needsSettings(layersOf(history))) return history;
  return { ...history, settings: await reader.readSettings(deployed.userPoolId) };
}

/** The layers that decide a token: the baseline, the newest override, the settings. */
export function layersOf({ baseline, settings, revisions }: ClientRecords): ClaimLayers {
  return toLayers({ baseline, override: revisions.at(-1), settings });
}

/** Puts together the layers that are there. */
export function toLayers({
  baseline,
  override,
  settings,
}: { readonly [layer in keyof ClaimLayers]: ClaimLayers[layer] | undefined }): ClaimLayers {
  return {
    ...(baseline && { baseline }),
    ...(override && { override }),
    ...(settings && { settings }),
  };
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
