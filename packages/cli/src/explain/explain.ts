import { isDeepStrictEqual } from 'node:util';
import {
  type BaselineRecord,
  type ClaimLayer,
  type ClaimOrigin,
  type ClaimRequest,
  type ClaimRules,
  type ClaimValue,
  DENIAL_MESSAGES,
  type DroppedClaim,
  type OverrideRecord,
  type Resolution,
  resolveClaims,
} from '@cognito-m2m/claim-schema';
import { grantedScopes } from '@cognito-m2m/doctor/token-comparison';
import {
  type NamedClient,
  nameClient,
  placeText,
  requireClient,
} from '../deployment/find-pools.ts';
import type { Command, CommandContext, CommandLine } from '../frame/command.ts';
import { EXIT_CODES } from '../frame/errors.ts';
import { pickScopes, readMetadata, type TokenRequestInput } from '../frame/input.ts';
import { type Column, renderTable } from '../frame/table.ts';
import type { Style } from '../frame/terminal.ts';
import { claimText, plainText, showableValue } from '../frame/text.ts';
import { parseMoment, toEpochSeconds, toIsoTime } from '../frame/time.ts';
import {
  type ClientRecords,
  claimRulesOf,
  layersOf,
  type RevisionNote,
  readClientRecords,
  toRevisionNote,
} from '../prediction/client-records.ts';
import { splitIntoMembers } from '../prediction/token-diff.ts';
import { checkUserToken, renderUserToken, type UserTokenJson } from '../prediction/user-token.ts';

/** Input of `m2m explain`. */
export interface ExplainInput extends TokenRequestInput {
  readonly poolName: string;
  readonly clientName: string;
  /** A moment. @default now */
  readonly at: string | undefined;
}

/** `m2m explain`: the token that a client would get, with the origin of every claim. */
export const explain: Command<CommandContext, ExplainInput> = async (context, input) => {
  const { environment, target } = context;
  const found = await requireClient(context, input.poolName, input.clientName);
  const allowed = await target.readScopes(found.deployed, found.clientName, found.clientId);
  const scopes = pickScopes(input.scopes, allowed, found.clientName);
  const metadata = await readMetadata(input.metadata);
  const now = toEpochSeconds(context.clock());
  const at = input.at === undefined ? now : parseMoment(input.at, '--at', now);
  const current = await readClientRecords(context, found);
  // Now is what the trigger reads now, whatever the clocks of those who wrote it say.
  const records = at < now ? recordsAt(current, at) : current;
  const userToken = await checkUserToken(context, records.baseline, metadata, at);
  const request = { clientId: found.clientId, scopes, metadata, token: userToken?.verdict };
  const explained = explainToken(records, request, at, claimRulesOf(environment));
  const json: ExplainJson = {
    environment: environment.name,
    target: target.label,
    ...nameClient(found),
    at: toIsoTime(at),
    request: { scopes, metadataKeys: Object.keys(metadata ?? {}) },
    userToken: userToken?.json,
    ...describeToken(explained, records, scopes),
    sizeBudgetBytes: environment.trigger.sizeBudgetBytes,
  };
  return {
    json,
    text: (style) => renderExplain(json, context.commandLine, style),
    exitCode: json.token === 'issued' ? EXIT_CODES.ok : EXIT_CODES.findings,
  };
};

// Baselines keep no history; overrides do: for a moment that has passed, what was written later does not count.
function recordsAt(records: ClientRecords, at: number): ClientRecords {
  const isWritten = ({ updatedAt }: OverrideRecord) => toEpochSeconds(Date.parse(updatedAt)) <= at;
  return { ...records, revisions: records.revisions.filter(isWritten) };
}

function describeToken(
  { resolution, claims }: ExplainedToken,
  { revisions }: ClientRecords,
  asked: readonly string[],
) {
  if (resolution.outcome === 'issue') {
    const { suppress, dropped, sizeBytes } = resolution;
    const scopes = grantedScopes(asked, resolution);
    return { token: 'issued', claims, scopes, suppressed: suppress, dropped, sizeBytes };
  }
  const { code, subject } = resolution;
  const disabling = code === 'ERR_CLIENT_DISABLED' ? findDisabling(revisions) : undefined;
  return {
    token: code,
    message: DENIAL_MESSAGES[code],
    subject,
    disabledBy: disabling && toRevisionNote(disabling),
    claims,
    scopes: [],
    suppressed: [],
    dropped: [],
    sizeBytes: 0,
  };
}

/** The first revision of the last unbroken run of disabled ones. */
function findDisabling(revisions: readonly OverrideRecord[]): OverrideRecord | undefined {
  const lastEnabled = revisions.findLastIndex(({ disabled }) => !disabled);
  return revisions[lastEnabled + 1];
}

const COLUMNS: readonly Column<ExplainedClaim>[] = [
  { title: 'CLAIM', text: ({ name }) => name },
  { title: 'VALUE', isWrapped: true, text: ({ name, value }) => claimText(name, value) },
  { title: 'FROM', isWrapped: true, dropOrder: 2, text: originText },
  {
    title: 'SET BY',
    isWrapped: true,
    dropOrder: 1,
    text: ({ setBy }) => (setBy === undefined ? '' : noteText(setBy)),
  },
  { title: 'EXPIRES', text: ({ expiresAt }) => expiresAt ?? '' },
];

/** The command that helps with each denial. */
const DENIAL_NEXT_STEPS: {
  readonly [code: string]: (json: ExplainJson, commandLine: CommandLine) => string;
} = {
  ERR_CLIENT_DISABLED: ({ pool, client }, commandLine) =>
    commandLine(`enable ${pool} ${client} --reason "…"`),
  ERR_CLIENT_UNKNOWN: ({ pool }, commandLine) => commandLine(`plan ${pool}`),
  ERR_METADATA_REQUIRED: ({ subject }) => `the same command with --metadata ${subject}=…`,
  ERR_TOKEN_REQUIRED: ({ subject }) => `the same command with --metadata ${subject}=@file`,
  ERR_METADATA_NOT_ALLOWED: ({ subject }) => `another value for --metadata ${subject}=…`,
};

/** Why something that was declared is not in the token. */
const DROP_REASONS: { readonly [reason in DroppedClaim['reason']]: string } = {
  reserved: 'Amazon Cognito reserves this name',
  audience: 'Amazon Cognito only accepts the ID of the app client as audience',
  scope: 'it is not a scope of a resource server',
  undeclared: 'the pool declares no such scope',
  unverified: 'only a verified user token may set this claim',
  'keys-unavailable': 'the keys of the issuer of the user token are not available',
};

/** Columns of the budget's bar. */
const BAR_WIDTH = 30;

/** The token, its claims as a table, and the size budget as a bar. */
export function renderExplain(json: ExplainJson, commandLine: CommandLine, style: Style): string {
  const { bold } = style.colours;
  const title = `${bold(placeText(json))}  ${json.clientId}  at ${json.at}`;
  return [
    title,
    '',
    ...renderUserToken(json.userToken, style),
    ...(json.token === 'issued'
      ? renderToken(json, style)
      : renderDenial(json, commandLine, style)),
  ].join('\n');
}

function renderToken(json: ExplainJson, style: Style): string[] {
  const { colours } = style;
  const used = json.sizeBytes / json.sizeBudgetBytes;
  const bar = '█'.repeat(Math.round(used * BAR_WIDTH)).padEnd(BAR_WIDTH, '░');
  const percent = `${Math.round(used * 100)} %`;
  const dropped = json.dropped.map(({ name, layer, reason }) =>
    colours.yellow(`Dropped: ${plainText(name)} of ${layer}: ${DROP_REASONS[reason]}.`),
  );
  const suppressed =
    json.suppressed.length === 0 ? [] : [`Suppressed: ${json.suppressed.join(' ')}`];
  return [
    renderTable(json.claims, COLUMNS, style),
    '',
    `Scopes  ${json.scopes.join(' ') || '(none)'}`,
    `Claims  ${bar} ${json.sizeBytes} of ${json.sizeBudgetBytes} bytes (${percent})`,
    ...suppressed,
    ...dropped,
  ];
}

function renderDenial(json: ExplainJson, commandLine: CommandLine, { colours }: Style): string[] {
  const subject = json.subject === undefined ? '' : ` "${plainText(json.subject)}"`;
  const findNext = DENIAL_NEXT_STEPS[json.token] ?? checkRecords;
  return [
    colours.red(`No token: ${json.message} (${json.token}${subject})`),
    ...(json.disabledBy === undefined ? [] : [`Disabled by ${noteText(json.disabledBy)}`]),
    `Next: ${findNext(json, commandLine)}`,
  ];
}

// Every other denial is about what the records hold.
function checkRecords({ pool }: ExplainJson, commandLine: CommandLine): string {
  return commandLine(`doctor ${pool}`);
}

function originText({ layer, source, members }: ExplainedClaim): string {
  if (members !== undefined) return `${layer} (${members.map(plainText).join(', ')})`;
  return source === undefined ? layer : `${layer} ${source}`;
}

function noteText({ revision, updatedBy, reason }: RevisionNote): string {
  return plainText(`r${revision} ${updatedBy}: ${reason}`);
}

/** The answer of `m2m explain --json`. */
export interface ExplainJson extends NamedClient {
  readonly environment: string;
  readonly target: string;
  readonly at: string;
  readonly request: {
    readonly scopes: readonly string[];
    /** Keys only. */
    readonly metadataKeys: readonly string[];
  };
  /** What the verification of the user's token came to, if the request has one. */
  readonly userToken?: UserTokenJson | undefined;
  /** `issued`, or the code of the denial. */
  readonly token: string;
  /** Of a denial: the sentence that the caller reads. */
  readonly message?: string;
  /** Of a denial: the claim or the metadata key concerned. */
  readonly subject?: string | undefined;
  /** Of a disabled client: who disabled it. */
  readonly disabledBy?: RevisionNote | undefined;
  /** Sorted by name. */
  readonly claims: readonly ExplainedClaim[];
  /** Scopes of the token: asked for, added and not suppressed. */
  readonly scopes: readonly string[];
  /** Claims taken out. */
  readonly suppressed: readonly string[];
  /** Claims and scopes that were declared and left out, and why. */
  readonly dropped: readonly DroppedClaim[];
  readonly sizeBytes: number;
  readonly sizeBudgetBytes: number;
}

/** One claim of an explained token. */
interface ExplainedClaim {
  readonly name: string;
  readonly value: ClaimValue;
  readonly layer: ClaimLayer;
  /** The scope or the metadata key that brought it; for a user's token, with the issuer in front. */
  readonly source?: string | undefined;
  /** Of an object in an override: the members that differ from the layer below, as `limits.perMinute`. */
  readonly members?: readonly string[] | undefined;
  /** Of an override: the revision that set this value. */
  readonly setBy?: RevisionNote | undefined;
  /** Of an override that ends. */
  readonly expiresAt?: string | undefined;
}

/** A token with the origin of each claim. */
interface ExplainedToken {
  readonly resolution: Resolution;
  readonly claims: readonly ExplainedClaim[];
}

/**
 * Explains the token that a request would get.
 *
 * @param now - Epoch seconds.
 */
function explainToken(
  records: ClientRecords,
  request: ClaimRequest,
  now: number,
  rules: ClaimRules,
): ExplainedToken {
  const resolution = resolveClaims(layersOf(records), request, now, rules);
  if (resolution.outcome === 'deny') return { resolution, claims: [] };
  const claims = Object.entries(resolution.claims).map(([name, value]) =>
    explainClaim(name, value, resolution.provenance[name], records),
  );
  return { resolution, claims };
}

function explainClaim(
  name: string,
  value: ClaimValue,
  // Every claim of a resolution has its origin.
  { layer, source, issuer, expiresAt }: ClaimOrigin = { layer: 'baseline' },
  { revisions, baseline }: ClientRecords,
): ExplainedClaim {
  const setting = layer === 'override' ? findSettingRevision(revisions, name) : undefined;
  return {
    name,
    value: showableValue(name, value),
    layer,
    members: layer === 'override' ? changedMembers(name, value, baseline) : undefined,
    source: issuer === undefined ? source : `${issuer}/${source}`,
    setBy: setting && toRevisionNote(setting),
    expiresAt: expiresAt === undefined ? undefined : toIsoTime(expiresAt),
  };
}

function changedMembers(
  name: string,
  value: ClaimValue,
  baseline: BaselineRecord | undefined,
): string[] | undefined {
  const below = baseline?.claims[name] ?? baseline?.defaults[name];
  if (below === undefined) return undefined;
  const members = splitIntoMembers({ name, change: 'changed', before: below, after: value })
    .map((member) => member.name)
    .filter((member) => member !== name);
  return members.length === 0 ? undefined : members;
}

/**
 * Finds the revision that set a claim to what it is in the newest one: who and why, even if others wrote since.
 *
 * @param revisions - Oldest first; the claim is in the last.
 */
function findSettingRevision(
  revisions: readonly OverrideRecord[],
  claimName: string,
): OverrideRecord | undefined {
  const newest = revisions.at(-1);
  const claim = newest?.claims[claimName];
  if (newest === undefined || claim === undefined) return undefined;
  let setting = newest;
  for (const revision of revisions.toReversed()) {
    if (!isDeepStrictEqual(revision.claims[claimName], claim)) break;
    setting = revision;
  }
  return setting;
}
