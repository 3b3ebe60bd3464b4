import {
  type ClaimLayer,
  type ClaimOrigin,
  type ClaimRequest,
  type ClaimRules,
  type ClaimValue,
  type OverrideRecord,
  type Resolution,
  resolveClaims,
} from '@cognito-m2m/claim-schema';
import { showableValue } from '../output/claim-text.ts';
import { maskSecrets } from '../output/mask-secrets.ts';
import { type ClientRecords, layersOf } from './client-records.ts';
import { findSettingRevision } from './revision-origin.ts';
import { toIsoTime } from './time.ts';

/** Who changed an override, when and why. */
export interface RevisionNote {
  readonly revision: number;
  readonly updatedBy: string;
  readonly reason: string;
  readonly updatedAt: string;
}

/** One claim of an explained token. */
export interface ExplainedClaim {
  readonly name: string;
  readonly value: ClaimValue;
  readonly layer: ClaimLayer;
  /** The scope or the metadata key that brought it. */
  readonly source?: string;
  /** Of an override: the revision that set this value. */
  readonly setBy?: RevisionNote;
  /** Of an override that ends. */
  readonly expiresAt?: string;
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
    explainClaim(name, value, resolution.provenance[name], records.revisions),
  );
  return { resolution, claims };
}

/** What a revision says of itself, without what looks like a secret: others than `m2m` may have written it. */
export function toRevisionNote(record: OverrideRecord): RevisionNote {
  const { revision, updatedBy, reason, updatedAt } = record;
  return { revision, updatedBy: maskSecrets(updatedBy), reason: maskSecrets(reason), updatedAt };
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
    ...(source !== undefined && { source }),
    ...(setting && { setBy: toRevisionNote(setting) }),
    ...(expiresAt !== undefined && { expiresAt: toIsoTime(expiresAt) }),
  };
}
