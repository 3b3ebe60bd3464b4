import {
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
import { type FoundClient, requireClient } from '../deployment/find-pools.ts';
import type { Command, CommandContext } from '../frame/command.ts';
import { parseMoment } from '../frame/input/times.ts';
import { parseMetadata, pickScopes, type TokenRequestInput } from '../frame/input/token-request.ts';
import { showableValue } from '../frame/output/text.ts';
import { toEpochSeconds, toIsoTime } from '../frame/time.ts';
import {
  type ClientRecords,
  claimRulesOf,
  layersOf,
  readClientRecords,
} from '../prediction/client-records.ts';
import { grantedScopes } from '../prediction/predicted-token.ts';
import { findSettingRevision, type RevisionNote, toRevisionNote } from '../prediction/revisions.ts';
import { renderExplain } from './render-explain.ts';

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
  const metadata = parseMetadata(input.metadata);
  const now = toEpochSeconds(context.clock());
  const at = input.at === undefined ? now : parseMoment(input.at, '--at', now);
  const records = recordsAt(await readClientRecords(context, found), at);
  const request = { clientId: found.clientId, scopes, metadata };
  const explained = explainToken(records, request, at, claimRulesOf(environment));
  const json: ExplainJson = {
    environment: environment.name,
    target: target.label,
    ...describeFound(found),
    at: toIsoTime(at),
    request: { scopes, metadataKeys: Object.keys(metadata ?? {}) },
    ...describeToken(explained, records, scopes),
    sizeBudgetBytes: environment.trigger.sizeBudgetBytes,
  };
  return { json, text: (style) => renderExplain(json, context.commandLine, style) };
};

// Baselines keep no history; overrides do: for a moment that has passed, what came later does not count.
function recordsAt(records: ClientRecords, at: number): ClientRecords {
  const isWritten = ({ updatedAt }: OverrideRecord) => Date.parse(updatedAt) / 1000 <= at;
  return { ...records, revisions: records.revisions.filter(isWritten) };
}

function describeFound({ declared, clientName, clientId }: FoundClient) {
  return { pool: declared.name, client: clientName, clientId };
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

/** The answer of `m2m explain --json`. */
export interface ExplainJson {
  readonly environment: string;
  readonly target: string;
  readonly pool: string;
  readonly client: string;
  readonly clientId: string;
  readonly at: string;
  readonly request: {
    readonly scopes: readonly string[];
    /** Keys alone. */
    readonly metadataKeys: readonly string[];
  };
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
export interface ExplainedClaim {
  readonly name: string;
  readonly value: ClaimValue;
  readonly layer: ClaimLayer;
  /** The scope or the metadata key that brought it. */
  readonly source?: string | undefined;
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
    explainClaim(name, value, resolution.provenance[name], records.revisions),
  );
  return { resolution, claims };
}

function explainClaim(
  name: string,
  value: ClaimValue,
  // Every claim of a resolution has its origin.
  { layer, source, expiresAt }: ClaimOrigin = { layer: 'baseline' },
  revisions: readonly OverrideRecord[],
): ExplainedClaim {
  const setting = layer === 'override' ? findSettingRevision(revisions, name) : undefined;
  return {
    name,
    value: showableValue(name, value),
    layer,
    source,
    setBy: setting && toRevisionNote(setting),
    expiresAt: expiresAt === undefined ? undefined : toIsoTime(expiresAt),
  };
}
