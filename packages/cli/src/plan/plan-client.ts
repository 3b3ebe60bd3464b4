import { isDeepStrictEqual } from 'node:util';
import {
  type BaselineRecord,
  type ClaimLayers,
  type ClaimRules,
  needsSettings,
  type OverrideRecord,
  type SettingsRecord,
} from '@cognito-m2m/claim-schema';
import { predictToken, toLayers } from '../prediction/client-records.ts';
import { toTokenJson } from '../prediction/predicted-token.ts';
import { diffRequests, type TokenChanges } from '../prediction/request-diff.ts';
import { largestRequest, type Requester, requestVariants } from '../prediction/requests.ts';
import type { PlannedClient } from './plan-json.ts';

/** Both sides of one client. */
export interface ClientSides {
  /** What the table holds; absent for a client that is not deployed yet. */
  readonly deployed: BaselineRecord | undefined;
  /** What the file would write; absent for a client that goes. */
  readonly declared: BaselineRecord | undefined;
  /** The settings of the pool on either side. */
  readonly settings: {
    readonly deployed: SettingsRecord | undefined;
    readonly declared: SettingsRecord;
  };
  /** The newest override, which lies on top of both. */
  readonly override: OverrideRecord | undefined;
  /** Scopes that the client may ask for. */
  readonly scopes: readonly string[];
}

/**
 * Plans one client as tokens.
 *
 * @param now - Epoch seconds.
 * @returns What changes, or `undefined` if nothing does.
 */
export function planClient(
  sides: ClientSides,
  now: number,
  rules: ClaimRules,
): PlannedClient | undefined {
  const { deployed, declared } = sides;
  const record = declared ?? deployed;
  const isSameRecord = isDeepStrictEqual(deployed, declared);
  // Most clients of a plan are unchanged, and only what reads the pool's settings can differ by them.
  if (record === undefined || (isSameRecord && !needsSettings(layersOf('declared', sides)))) {
    return undefined;
  }
  const changes = diffSides(sides, now, rules);
  if (isSameRecord && isEmpty(changes)) return undefined;
  return {
    client: record.clientName,
    clientId: deployed?.clientId,
    status: deployed === undefined ? 'added' : declared === undefined ? 'removed' : 'changed',
    before: deployed && tokenOf('deployed', sides, now, rules),
    after: declared && tokenOf('declared', sides, now, rules),
    ...changes,
    fields: deployed && declared ? changedFields(deployed, declared) : [],
  };
}

type Side = 'deployed' | 'declared';

function requesterOf(side: Side, { [side]: baseline, scopes }: ClientSides): Requester {
  return { clientId: baseline?.clientId ?? '', scopes, baseline };
}

function tokenOf(side: Side, sides: ClientSides, now: number, rules: ClaimRules) {
  const request = largestRequest(requesterOf(side, sides));
  return toTokenJson(predictToken(layersOf(side, sides), request, now, rules), request.scopes);
}

function layersOf(side: Side, sides: ClientSides): ClaimLayers {
  const { [side]: baseline, override } = sides;
  const settings = sides.settings[side];
  return toLayers({ baseline, override, settings });
}

/** The differences of every request that either side knows. */
function diffSides(sides: ClientSides, now: number, rules: ClaimRules): TokenChanges {
  const { deployed, declared } = sides;
  const before = layersOf('deployed', sides);
  const after = layersOf('declared', sides);
  const known = requestVariants(
    requesterOf(deployed === undefined ? 'declared' : 'deployed', sides),
  );
  // What comes or goes as a whole is shown as its largest token.
  const variants =
    deployed && declared
      ? [...known, ...requestVariants(requesterOf('declared', sides))]
      : known.slice(0, 1);
  return diffRequests({ before, after }, variants, now, rules);
}

function isEmpty({ diff, scopes, suppressed }: TokenChanges): boolean {
  return diff.length + scopes.length + suppressed.length === 0;
}

function changedFields(deployed: BaselineRecord, declared: BaselineRecord): string[] {
  const fields = Object.keys(declared) as (keyof BaselineRecord)[];
  return fields.filter((field) => !isDeepStrictEqual(deployed[field], declared[field]));
}
