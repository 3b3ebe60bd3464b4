import {
  type ClaimRequest,
  type ClaimRules,
  type Contract,
  checkClaimName,
  checkClaims,
  checkUnverifiedSource,
  checkWrittenClaim,
  type Denial,
  definitionOf,
  type Fault,
  joinPath,
  largestRequest,
  needsSettings,
  type Resolution,
  resolveClaims,
  smallestRequest,
  supposeToken,
} from '@cognito-m2m/claim-schema';
import { type AttributeValue, encodeRecord, type Item } from '@cognito-m2m/claim-schema/records';
import { toBaselineRecord, toSettingsRecord } from '../baseline-record.ts';
import { listDeclaredScopes } from '../declared-scopes.ts';
import type { PoolInput } from '../environment.ts';
import { normalisePool } from '../normalise-environment.ts';
import type { Client, Pool } from '../normalised-environment.ts';
import { checkPool } from './pools.ts';
import { type PartialClient, type PartialPool, presentEntries } from './rule.ts';

/**
 * Checks one pool with its clients: what it declares, and the records and tokens that follow from it.
 *
 * @param shapeFaults - What is wrong with the form of the file: a client with such a fault has no record to check.
 */
export function checkPoolAndClients(
  name: string,
  pool: PartialPool,
  rules: ClaimRules,
  shapeFaults: readonly Fault[],
): Fault[] {
  const path = joinPath('pools', name);
  const poolClaims = checkPoolClaims(rules.contract, pool, path);
  const clients = presentEntries(pool.clients).flatMap(([clientName, client]) => {
    const clientPath = joinPath(joinPath(path, 'clients'), clientName);
    const faults = checkOneClient(rules.contract, pool, client, clientPath);
    const blocking = [...faults, ...poolClaims, ...shapeFaults.filter(isUnder(clientPath))];
    if (blocking.length > 0) return faults;
    return checkRecordOf(name, pool, clientName, client, clientPath, rules);
  });
  const settings = checkSettingsSize(normaliseAlone(name, pool, {}), path);
  return [...checkPool(pool, path), ...settings, ...poolClaims, ...clients];
}

function checkOneClient(
  contract: Contract,
  pool: PartialPool,
  client: PartialClient,
  path: string,
): Fault[] {
  return [
    ...checkClientScopes(pool, client, path),
    ...checkClientClaims(contract, client, path),
    ...checkTokenSelector(contract, pool, client, path),
  ];
}

function checkRecordOf(
  poolName: string,
  pool: PartialPool,
  clientName: string,
  client: PartialClient,
  path: string,
  rules: ClaimRules,
): Fault[] {
  const normal = normaliseAlone(poolName, pool, { [clientName]: client });
  return normal.clients.flatMap((normalClient) => [
    ...checkClientTokens(normal, normalClient, path, rules),
    ...checkBaselineSize(normal, normalClient, path),
  ]);
}

/** A pool with clients that have no fault; what may be missing of the pool itself is nothing that a record needs. */
function normaliseAlone(name: string, pool: PartialPool, clients: PartialPool['clients']): Pool {
  return normalisePool(name, { ...pool, clients } as PoolInput, '');
}

/** True for a fault inside of what stands at a path. */
function isUnder(path: string): (fault: Fault) => boolean {
  return (fault) => /^[.[]/.test(fault.path.slice(path.length)) && fault.path.startsWith(path);
}

/** The pool's default claims must fit the contract and hold no secret. */
function checkPoolClaims(contract: Contract, pool: PartialPool, path: string): Fault[] {
  return checkClaims(
    contract,
    pool.defaults?.claims ?? {},
    joinPath(joinPath(path, 'defaults'), 'claims'),
    { secrets: true },
  );
}

/** Every claim that a client names must fit the contract and hold no secret. */
function checkClientClaims(contract: Contract, client: PartialClient, path: string): Fault[] {
  const scopesPath = joinPath(path, 'claimsByScope');
  return [
    ...checkClaims(contract, client.claims ?? {}, joinPath(path, 'claims'), { secrets: true }),
    ...presentEntries(client.claimsByScope).flatMap(([scope, claims]) =>
      checkClaims(contract, claims, joinPath(scopesPath, scope), { secrets: true }),
    ),
    ...checkMetadataClaims(contract, client, joinPath(path, 'claimsFromMetadata')),
  ];
}

function checkMetadataClaims(contract: Contract, client: PartialClient, path: string): Fault[] {
  return presentEntries(client.claimsFromMetadata).flatMap(([name, selector]) => {
    const claimPath = joinPath(path, name);
    const fault =
      checkClaimName(name, claimPath) ?? checkUnverifiedSource(contract, name, claimPath);
    // Once, and not for each listed value.
    if (fault !== undefined) return [fault];
    return (selector.allow ?? []).flatMap((value, index) =>
      checkWrittenClaim(contract, name, value, joinPath(joinPath(claimPath, 'allow'), index), {
        secrets: true,
      }),
    );
  });
}

/** Every scope that a client names must be one that a resource server of its pool declares. */
function checkClientScopes(pool: PartialPool, client: PartialClient, path: string): Fault[] {
  // Only the owner of an existing pool knows its resource servers.
  const declared = pool.existing === undefined ? new Set(listDeclaredScopes(pool)) : undefined;
  const lists = ['scopes', 'addScopes', 'suppressScopes'] as const;
  const listed = lists.flatMap((list) =>
    (client[list] ?? []).flatMap((scope, index) =>
      checkScope(scope, declared, joinPath(joinPath(path, list), index)),
    ),
  );
  const keyed = Object.keys(client.claimsByScope ?? {}).flatMap((scope) =>
    checkScope(scope, declared, joinPath(joinPath(path, 'claimsByScope'), scope)),
  );
  return [...listed, ...findDoubles(client.scopes ?? [], joinPath(path, 'scopes')), ...keyed];
}

/** How Amazon Cognito calls a custom scope. @see https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-define-resource-servers.html */
const CUSTOM_SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]{1,256}\/[\x21\x23-\x2e\x30-\x5b\x5d-\x7e]{1,256}$/;

/** Scopes that open Amazon Cognito itself, such as `aws.cognito/dcr/register`: a client with that one can register others. */
const SYSTEM_SCOPE = /^aws\.cognito/i;

function checkScope(
  scope: string,
  declared: ReadonlySet<string> | undefined,
  path: string,
): Fault[] {
  if (declared === undefined) {
    if (SYSTEM_SCOPE.test(scope)) {
      const problem = `scope "${scope}" belongs to Amazon Cognito`;
      return [{ path, problem, expected: 'a scope not beginning with "aws.cognito"' }];
    }
    if (CUSTOM_SCOPE.test(scope)) return [];
    return [{ path, problem: `"${scope}" is not a custom scope`, expected: '"<server>/<scope>"' }];
  }
  if (declared.has(scope)) return [];
  const names = [...declared];
  const shown = names.length > 10 ? [...names.slice(0, 10), '…'] : names;
  const expected = shown.length === 0 ? 'a declared resource server' : `one of ${shown.join(', ')}`;
  return [{ path, problem: `scope "${scope}" is not declared in this pool`, expected }];
}

function findDoubles(scopes: readonly string[], path: string): Fault[] {
  return scopes.flatMap((scope, index) =>
    scopes.indexOf(scope) < index
      ? [{ path: joinPath(path, index), problem: `scope "${scope}" is listed twice` }]
      : [],
  );
}

/** Stands for the ids that AWS gives later; no claim depends on them. */
const PLACEHOLDER_IDS = { userPoolId: 'pool', clientId: 'client' };

/** What the trigger answers to the requests between which all others of a client lie. */
export interface ClientTokens {
  /** No scope, and only the metadata that is required. */
  readonly smallest: Resolution;
  /** All scopes, and each metadata key with its longest value. */
  readonly largest: Resolution;
}

/** Resolves the smallest and the largest token of a declared client, as the trigger does after a deploy. */
export function resolveClientTokens(pool: Pool, client: Client, rules: ClaimRules): ClientTokens {
  const baseline = toBaselineRecord(pool, client, PLACEHOLDER_IDS);
  const layers = {
    baseline,
    // Only then, because a pool may declare thousands of scopes and clients.
    settings: needsSettings({ baseline })
      ? toSettingsRecord(pool, PLACEHOLDER_IDS.userPoolId)
      : undefined,
  };
  const requester = { clientId: PLACEHOLDER_IDS.clientId, scopes: client.scopes, baseline };
  const selector = client.claimsFromToken;
  const token = selector && supposeToken(selector, rules.contract);
  const resolve = (request: ClaimRequest) => resolveClaims(layers, request, 0, rules);
  return {
    smallest: resolve({
      ...smallestRequest(requester),
      token: selector?.required ? token : undefined,
    }),
    largest: resolve({ ...largestRequest(requester), token }),
  };
}

/**
 * Every client must get a token: the smallest request has all required claims, the largest fits the budget.
 *
 * Asks `resolveClaims` itself, so that what passes here is what the trigger issues.
 */
function checkClientTokens(pool: Pool, client: Client, path: string, rules: ClaimRules): Fault[] {
  const { smallest, largest } = resolveClientTokens(pool, client, rules);
  const denials = [smallest, largest].filter((resolution) => resolution.outcome === 'deny');
  const unique = new Map(denials.map((denial) => [`${denial.code} ${denial.subject}`, denial]));
  return [...unique.values()].map((denial) => toFault(denial, path, rules));
}

function toFault({ code, subject }: Denial, path: string, rules: ClaimRules): Fault {
  if (code === 'ERR_CLAIMS_REQUIRED') {
    return { path, problem: `no token would carry the required claim "${subject}"` };
  }
  if (code === 'ERR_CLAIMS_TOO_LARGE') {
    const expected = `at most ${rules.sizeBudgetBytes} bytes of claims`;
    return { path, problem: 'the largest token would be over the size budget', expected };
  }
  return { path, problem: `no token could be issued: ${code}${subject ? ` ("${subject}")` : ''}` };
}

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html */
const MAX_ITEM_BYTES = 400 * 1024;

/** The longest ids that Amazon Cognito gives. @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolClientType.html */
const LONGEST_IDS = { userPoolId: 'p'.repeat(55), clientId: 'c'.repeat(128) };

/** The settings of a pool, with all scopes that it declares, fit one item of the claims table. */
function checkSettingsSize(pool: Pool, path: string): Fault[] {
  const item = encodeRecord(toSettingsRecord(pool, LONGEST_IDS.userPoolId));
  return checkSize(item, joinPath(path, 'resourceServers'), 'the scopes of this pool');
}

/** The baseline of a client, with all values that a caller may pick, fits one item of the claims table. */
function checkBaselineSize(pool: Pool, client: Client, path: string): Fault[] {
  const item = encodeRecord(toBaselineRecord(pool, client, LONGEST_IDS));
  return checkSize(item, path, 'what this client declares');
}

function checkSize(item: Item, path: string, what: string): Fault[] {
  const sizeBytes = itemSizeBytes(item);
  if (sizeBytes <= MAX_ITEM_BYTES) return [];
  const problem = `${what} would not fit one item of the claims table`;
  return [
    { path, problem, got: `${sizeBytes} bytes`, expected: `at most ${MAX_ITEM_BYTES} bytes` },
  ];
}

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html */
function itemSizeBytes(item: Item): number {
  return sum(Object.entries(item), ([name, value]) => Buffer.byteLength(name) + sizeBytesOf(value));
}

function sizeBytesOf(value: AttributeValue): number {
  if ('S' in value) return Buffer.byteLength(value.S);
  // Two digits in a byte, and at most two bytes more.
  if ('N' in value) return Math.ceil(value.N.length / 2) + 2;
  // A list or map takes three bytes, and one for each member.
  if ('L' in value) return 3 + sum(value.L, (member) => 1 + sizeBytesOf(member));
  if ('M' in value) return 3 + Object.keys(value.M).length + itemSizeBytes(value.M);
  return 1;
}

function sum<T>(values: readonly T[], read: (value: T) => number): number {
  return values.reduce((total, value) => total + read(value), 0);
}

/** What a client takes from a user's token: an issuer of its pool, and claims that are verified in the contract. */
function checkTokenSelector(
  contract: Contract,
  pool: PartialPool,
  client: PartialClient,
  path: string,
): Fault[] {
  const { claimsFromToken: selector } = client;
  if (selector === undefined) return [];
  const selectorPath = joinPath(path, 'claimsFromToken');
  return [
    ...checkIssuerName(pool, selector.issuer, joinPath(selectorPath, 'issuer')),
    ...checkKey(client, selector.key, joinPath(selectorPath, 'key')),
    ...checkVerifiedClaims(contract, selector.claims, joinPath(selectorPath, 'claims')),
  ];
}

function checkIssuerName(pool: PartialPool, name: string | undefined, path: string): Fault[] {
  const names = Object.keys(pool.tokenIssuers ?? {});
  if (name === undefined || names.includes(name)) return [];
  const problem = `issuer "${name}" is not declared in this pool`;
  const expected = names.length === 0 ? 'an entry of tokenIssuers' : `one of ${names.join(', ')}`;
  return [{ path, problem, expected }];
}

function checkKey(client: PartialClient, key: string | undefined, path: string): Fault[] {
  const keys = presentEntries(client.claimsFromMetadata).map(([, selector]) => selector.key);
  if (key === undefined || !keys.includes(key)) return [];
  const problem = `key "${key}" is also one of claimsFromMetadata`;
  return [{ path, problem, expected: 'another key' }];
}

function checkVerifiedClaims(
  contract: Contract,
  claims: { readonly [name: string]: unknown } | undefined,
  path: string,
): Fault[] {
  if (claims === undefined) return [];
  const names = Object.keys(claims);
  if (names.length === 0)
    return [{ path, problem: 'takes no claim', expected: 'at least 1 claim' }];
  const verified = Object.keys(contract).filter((name) => contract[name]?.verified === true);
  const expected =
    verified.length === 0 ? 'a claim with verified: true' : `one of ${verified.join(', ')}`;
  return names
    .filter((name) => definitionOf(contract, name)?.verified !== true)
    .map((name) => ({
      path: joinPath(path, name),
      problem: `"${name}" is not verified in the claim contract`,
      expected,
    }));
}
