import { isDeepStrictEqual } from 'node:util';
import {
  type BaselineRecord,
  type ClaimDefinition,
  type ClaimLayers,
  type ClaimRequest,
  type ClaimRules,
  type Claims,
  type Contract,
  claimTypeOf,
  largestRequest,
  needsSettings,
  type OverrideRecord,
  type Requester,
  type Resolution,
  requestVariants,
  type SettingsRecord,
} from '@cognito-m2m/claim-schema';
import { keysOf } from '@cognito-m2m/claim-schema/values';
import { predictToken, toTokenJson } from '../prediction/client-records.ts';
import { diffRequests, type TokenChanges } from '../prediction/token-diff.ts';
import type { PlannedClient } from './plan-json.ts';

/** The rules before and after a deploy. */
export interface RuleSides {
  /** Those of the trigger that is deployed. */
  readonly deployed: {
    /** True if it was built with the contract of this checkout; `undefined` if that is not known. */
    readonly isOfContract: boolean | undefined;
    /** `undefined` if it is not known. */
    readonly sizeBudgetBytes: number | undefined;
  };
  /** Those of this checkout. */
  readonly declared: ClaimRules;
}

/** Both sides of one client. */
export interface ClientSides {
  /** What the table holds; `undefined` for a client that is not deployed yet. */
  readonly deployed: BaselineRecord | undefined;
  /** What the file would write; `undefined` for a client that goes. */
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

/** One side of a client: what it may ask for, and how a request of it is decided. */
interface Side {
  readonly requester: Requester;
  readonly resolve: (request: ClaimRequest) => Resolution;
}

/**
 * Plans one client as tokens: before by the rules of the deployed trigger, after by those of this checkout.
 *
 * @param now - Epoch seconds.
 * @returns What changes, or `undefined` if nothing does.
 */
export function planClient(
  sides: ClientSides,
  now: number,
  rules: RuleSides,
): PlannedClient | undefined {
  const { deployed, declared, override, settings } = sides;
  const record = declared ?? deployed;
  const layersAfter = { baseline: declared, override, settings: settings.declared };
  const isSameRecord = isDeepStrictEqual(deployed, declared);
  // Most clients of a plan are unchanged: only other rules, or other settings of the pool, can change their tokens.
  const isUnchanged = isSameRecord && hasSameRules(rules) && !needsSettings(layersAfter);
  if (record === undefined || isUnchanged) return undefined;
  const layersBefore = { baseline: deployed, override, settings: settings.deployed };
  const before = toSide(sides, deployed, layersBefore, now, rulesBefore(rules, layersBefore));
  const after = toSide(sides, declared, layersAfter, now, rules.declared);
  const variants = variantsOf(sides, before, after);
  const found = diffRequests(before, after, variants);
  // That a client gets tokens which comes, and none which goes, says its status.
  const changes = deployed && declared ? found : { ...found, outcomes: [] };
  if (isSameRecord && isEmpty(changes)) return undefined;
  return {
    client: record.clientName,
    clientId: deployed?.clientId,
    status: deployed === undefined ? 'added' : declared === undefined ? 'removed' : 'changed',
    before: deployed && tokenOf(before),
    after: declared && tokenOf(after),
    ...changes,
    fields: deployed && declared ? changedFields(deployed, declared) : [],
  };
}

function hasSameRules({ deployed, declared }: RuleSides): boolean {
  return deployed.isOfContract === true && deployed.sizeBudgetBytes === declared.sizeBudgetBytes;
}

// The digest of a contract does not say what it allowed: what lies in the table got a token, as far as anyone knows.
function rulesBefore({ deployed, declared }: RuleSides, layers: ClaimLayers): ClaimRules {
  return {
    contract:
      deployed.isOfContract === true
        ? declared.contract
        : acceptingContract(layers, declared.contract),
    sizeBudgetBytes: deployed.sizeBudgetBytes ?? Number.POSITIVE_INFINITY,
  };
}

function toSide(
  { scopes }: ClientSides,
  baseline: BaselineRecord | undefined,
  layers: ClaimLayers,
  now: number,
  rules: ClaimRules,
): Side {
  return {
    requester: { clientId: baseline?.clientId ?? '', scopes, baseline },
    resolve: (request) => predictToken(layers, request, now, rules),
  };
}

function tokenOf({ requester, resolve }: Side) {
  const request = largestRequest(requester);
  return toTokenJson(resolve(request), request.scopes);
}

/** Every request that either side knows; of a client that comes or goes as a whole, its largest token. */
function variantsOf({ deployed, declared }: ClientSides, before: Side, after: Side) {
  const known = requestVariants((deployed === undefined ? after : before).requester);
  return deployed && declared ? [...known, ...requestVariants(after.requester)] : known.slice(0, 1);
}

function isEmpty({ diff, scopes, suppressed, outcomes }: TokenChanges): boolean {
  return diff.length + scopes.length + suppressed.length + outcomes.length === 0;
}

function changedFields(deployed: BaselineRecord, declared: BaselineRecord): string[] {
  return keysOf(declared).filter((field) => !isDeepStrictEqual(deployed[field], declared[field]));
}

/**
 * A contract that accepts every claim of these layers, and requires none.
 *
 * @param contract - Says what it can of claims that the layers do not hold, such as those of a user's token.
 */
function acceptingContract({ baseline, override }: ClaimLayers, contract: Contract): Contract {
  const others = Object.entries(contract).map(([name, definition]): [string, ClaimDefinition] => [
    name,
    { ...definition, required: false },
  ]);
  const selected = Object.entries(baseline?.claimsFromMetadata ?? {}).flatMap(([name, { allow }]) =>
    allow.slice(0, 1).map((value) => [name, value] as const),
  );
  const overridden = Object.entries(override?.claims ?? {}).map(
    ([name, { value }]) => [name, value] as const,
  );
  const layers: readonly Claims[] = [
    baseline?.defaults ?? {},
    baseline?.claims ?? {},
    Object.fromEntries(overridden),
    ...Object.values(baseline?.claimsByScope ?? {}),
    Object.fromEntries(selected),
  ];
  const held = layers
    .flatMap(Object.entries)
    .map(([name, value]): [string, ClaimDefinition] => [
      name,
      { type: claimTypeOf(value) ?? 'string', description: name },
    ]);
  return Object.fromEntries([...others, ...held]);
}
