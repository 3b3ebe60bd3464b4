import {
  type BaselineRecord,
  type ClaimLayers,
  type ClaimRequest,
  type ClaimRules,
  type Claims,
  type ClaimValue,
  DENIAL_MESSAGES,
  type OverrideRecord,
  type Resolution,
  resolveClaims,
  type SettingsRecord,
  supposeToken,
} from '@cognito-m2m/claim-schema';
import type { ClientHistory } from '@cognito-m2m/claims-store/lister';
import { addSettings } from '@cognito-m2m/claims-store/reader';
import { grantedScopes } from '@cognito-m2m/doctor/token-comparison';
import type { Environment } from '@cognito-m2m/environment';
import type { FoundClient } from '../deployment/find-pools.ts';
import type { CommandContext } from '../frame/command.ts';
import { CliError } from '../frame/errors.ts';
import type { Style } from '../frame/terminal.ts';
import { maskSecrets, plainText, showableValue } from '../frame/text.ts';
import { toIsoTime } from '../frame/time.ts';

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

/** A token that would be issued, or the denial in its place, in the JSON of every command. */
export interface TokenJson {
  /** `issued`, or the code of the denial. */
  readonly token: string;
  /** Of a denial: the sentence that the caller reads. */
  readonly message?: string;
  /** Of a denial: the claim or the metadata key concerned. */
  readonly subject?: string | undefined;
  /** Added claims; a value that looks like a secret is hidden. */
  readonly claims: Claims;
  readonly scopes: readonly string[];
  /** Names of claims that are taken out. */
  readonly suppressed: readonly string[];
  readonly sizeBytes: number;
}

/** Describes a resolution. @param asked - The scopes that the request asks for. */
export function toTokenJson(resolution: Resolution, asked: readonly string[]): TokenJson {
  if (resolution.outcome === 'issue') {
    const { claims, suppress, sizeBytes } = resolution;
    const scopes = grantedScopes(asked, resolution);
    return {
      token: 'issued',
      claims: showableClaims(claims),
      scopes,
      suppressed: suppress,
      sizeBytes,
    };
  }
  const { code, subject } = resolution;
  return {
    token: code,
    message: DENIAL_MESSAGES[code],
    subject,
    claims: {},
    scopes: [],
    suppressed: [],
    sizeBytes: 0,
  };
}

/** The claims as they may be shown. */
export function showableClaims(claims: Claims): Claims {
  return Object.fromEntries(
    Object.entries(claims).map(([name, value]): [string, ClaimValue] => [
      name,
      showableValue(name, value),
    ]),
  );
}

/** When claims of an override end by themselves, by name; those that do not are left out. */
export interface Expiries {
  readonly [claimName: string]: string;
}

/** Reads the expiries of a revision. */
export function expiriesOf({ claims }: Pick<OverrideRecord, 'claims'>): Expiries {
  const expiries = Object.entries(claims).flatMap(([name, { expiresAt }]) =>
    expiresAt === undefined ? [] : [[name, toIsoTime(expiresAt)] as const],
  );
  return Object.fromEntries(expiries);
}

/** Another end of a claim that two revisions both set; `null` is never. */
export interface ExpiryDiff {
  readonly name: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** Compares when the claims end that both revisions set; sorted by name. A claim that comes or goes is not such a change. */
export function diffExpiries(
  before: Pick<OverrideRecord, 'claims'> | undefined,
  after: Pick<OverrideRecord, 'claims'>,
): ExpiryDiff[] {
  const old = before === undefined ? {} : expiriesOf(before);
  const fresh = expiriesOf(after);
  return Object.keys(after.claims)
    .filter((name) => Object.hasOwn(before?.claims ?? {}, name) && old[name] !== fresh[name])
    .sort()
    .map((name) => ({ name, before: old[name] ?? null, after: fresh[name] ?? null }));
}

/** The differences as lines: `~ name: expires time → never`. */
export function renderExpiryDiffs(diffs: readonly ExpiryDiff[], { colours }: Style): string[] {
  return diffs.map(({ name, before, after }) =>
    colours.yellow(`~ ${plainText(name)}: expires ${before ?? 'never'} → ${after ?? 'never'}`),
  );
}

/** Who changed an override, when and why. */
export interface RevisionNote {
  readonly revision: number;
  readonly updatedBy: string;
  readonly reason: string;
  readonly updatedAt: string;
}

/** What a revision says of itself, without what looks like a secret: others than `m2m` may have written it. */
export function toRevisionNote(record: OverrideRecord): RevisionNote {
  const { revision, updatedBy, reason, updatedAt } = record;
  return { revision, updatedBy: maskSecrets(updatedBy), reason: maskSecrets(reason), updatedAt };
}
