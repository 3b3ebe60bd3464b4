import { isDeepStrictEqual } from 'node:util';
import {
  type BaselineRecord,
  type ClaimLayers,
  type ClaimRules,
  type OverrideRecord,
  resolveClaims,
  type SettingsRecord,
} from '@cognito-m2m/claim-schema';
import { requestVariants } from '../tokens/request-variants.ts';
import { diffTokens, showableDiff } from '../tokens/token-diff.ts';
import { toTokenJson } from '../tokens/token-json.ts';
import { largestRequest } from '../tokens/token-requests.ts';
import type { PlannedClient, PlannedDiff } from './planned-client.ts';

/** Both sides of one client. */
export interface ClientSides {
  /** What the table holds; absent for a client that is not deployed yet. */
  readonly deployed?: BaselineRecord;
  /** What the file would write; absent for a client that goes. */
  readonly declared?: BaselineRecord;
  /** The settings of the pool on either side. */
  readonly settings: {
    readonly deployed?: SettingsRecord | undefined;
    readonly declared: SettingsRecord;
  };
  /** The newest override, which lies on top of both. */
  readonly override?: OverrideRecord | undefined;
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
  // Equal records make equal tokens; most clients of a plan are unchanged.
  if (isDeepStrictEqual(deployed, declared)) return undefined;
  const record = declared ?? deployed;
  if (record === undefined) return undefined;
  const before = tokenOf('deployed', sides, now, rules);
  const after = tokenOf('declared', sides, now, rules);
  return {
    client: record.clientName,
    ...(deployed !== undefined && { clientId: deployed.clientId }),
    status: deployed === undefined ? 'added' : declared === undefined ? 'removed' : 'changed',
    ...(deployed !== undefined && { before: toTokenJson(before) }),
    ...(declared !== undefined && { after: toTokenJson(after) }),
    diff: deployed && declared ? diffVariants(sides, now, rules) : diffTokenClaims(before, after),
    fields: deployed && declared ? changedFields(deployed, declared) : [],
  };
}

type Token = ReturnType<typeof resolveClaims>;

type Side = 'deployed' | 'declared';

function tokenOf(side: Side, sides: ClientSides, now: number, rules: ClaimRules): Token {
  const { [side]: baseline, scopes } = sides;
  const requester = { clientId: baseline?.clientId ?? '', scopes, baseline };
  return resolveClaims(layersOf(side, sides), largestRequest(requester), now, rules);
}

function layersOf(side: Side, sides: ClientSides): ClaimLayers {
  const { [side]: baseline, override } = sides;
  const settings = sides.settings[side];
  return {
    ...(baseline && { baseline }),
    ...(override && { override }),
    ...(settings && { settings }),
  };
}

function diffTokenClaims(before: Token, after: Token): PlannedDiff[] {
  return showableDiff(diffTokens(before, after).claims);
}

/** The differences of every request that either side knows, each told once. */
function diffVariants(sides: ClientSides, now: number, rules: ClaimRules): PlannedDiff[] {
  const { deployed, declared, scopes } = sides;
  const clientId = deployed?.clientId ?? '';
  const variants = [deployed, declared].flatMap((baseline) =>
    requestVariants({ clientId, scopes, baseline }),
  );
  const told = new Map<string, PlannedDiff>();
  for (const { label, request } of variants) {
    const before = resolveClaims(layersOf('deployed', sides), request, now, rules);
    const after = resolveClaims(layersOf('declared', sides), request, now, rules);
    for (const diff of diffTokenClaims(before, after)) {
      const key = JSON.stringify(diff);
      if (!told.has(key)) told.set(key, label === 'all scopes' ? diff : { ...diff, when: label });
    }
  }
  return [...told.values()];
}

function changedFields(deployed: BaselineRecord, declared: BaselineRecord): string[] {
  const fields = Object.keys(declared) as (keyof BaselineRecord)[];
  return fields.filter((field) => !isDeepStrictEqual(deployed[field], declared[field]));
}
