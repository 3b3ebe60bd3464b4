import {
  type BaselineRecord,
  type ClaimLayer,
  type ClaimOrigin,
  type ClaimRequest,
  type ClaimRules,
  type ClaimValue,
  type Resolution,
  resolveClaims,
} from '@cognito-m2m/claim-schema';
import { showableValue } from '../frame/output/text.ts';
import { toIsoTime } from '../frame/time.ts';
import { type ClientRecords, layersOf } from '../prediction/client-records.ts';
import { findSettingRevision, type RevisionNote, toRevisionNote } from '../prediction/revisions.ts';
import { splitIntoMembers } from '../prediction/token-diff.ts';

/** One claim of an explained token. */
export interface ExplainedClaim {
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
export interface ExplainedToken {
  readonly resolution: Resolution;
  readonly claims: readonly ExplainedClaim[];
}

/**
 * Explains the token that a request would get.
 *
 * @param now - Epoch seconds.
 */
export function explainToken(
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
