import {
  type Claims,
  type ClaimValue,
  describeKind,
  isClaimValue,
  isSafeNumber,
  type JsonObject,
  type JsonValue,
} from './claim-value.ts';
import { type Fault, joinPath } from './fault.ts';
import { createFieldReader, type FieldReader, isObject } from './field-reader.ts';
import type {
  BaselineRecord,
  ClaimRecord,
  MetadataSelector,
  OverrideClaim,
  OverrideRecord,
  SettingsRecord,
} from './record.ts';
import type { TokenIssuer, TokenSelector } from './token-selector.ts';

/** A decoded record, or every reason why the item is none. */
export type DecodeResult =
  | { readonly isValid: true; readonly record: ClaimRecord }
  | { readonly isValid: false; readonly faults: readonly Fault[] };

/**
 * Decodes a DynamoDB item into the record it holds.
 *
 * Total: whatever the item holds, the answer is a record or a list of faults, and no fault quotes a claim value.
 *
 * @param item - An item as the DynamoDB API returns it.
 */
export function decodeItem(item: { readonly [name: string]: unknown }): DecodeResult {
  const faults: Fault[] = [];
  const source = Object.fromEntries(
    Object.entries(item ?? {}).map(([name, attribute]) => {
      // The name of the claim; under a scope, that of the scope first.
      const namedLevels = name === 'claimsByScope' ? 2 : 1;
      return [name, decodeAttribute(attribute, joinPath('', name), faults, namedLevels)];
    }),
  );
  if (faults.length > 0) return { isValid: false, faults };

  const fields = createFieldReader(source, '', faults);
  const record = decodeRecord(fields, faults);
  if (faults.length === 0) checkKeys(source, record, faults);
  return faults.length === 0 ? { isValid: true, record } : { isValid: false, faults };
}

function decodeRecord(fields: FieldReader, faults: Fault[]): ClaimRecord {
  const version = fields.integer('itemVersion');
  if (version !== ITEM_VERSION && faults.length === 0) {
    const expected = `version ${ITEM_VERSION}`;
    const problem = 'an item version that this release does not read';
    faults.push({ path: 'itemVersion', problem, got: String(version), expected });
  }
  const kind = fields.oneOf('kind', ['baseline', 'override', 'settings']);
  if (kind === 'baseline') return decodeBaseline(fields, faults);
  return kind === 'override' ? decodeOverride(fields, faults) : decodeSettings(fields);
}

function decodeBaseline(fields: FieldReader, faults: Fault[]): BaselineRecord {
  const readClaims = (value: JsonValue, path: string) => decodeClaims(value, path, faults);
  return {
    kind: 'baseline',
    userPoolId: fields.string('userPoolId'),
    clientId: fields.string('clientId'),
    poolName: fields.string('poolName'),
    clientName: fields.string('clientName'),
    owner: fields.string('owner'),
    defaults: decodeClaims(fields.object('defaults'), 'defaults', faults),
    claims: decodeClaims(fields.object('claims'), 'claims', faults),
    claimsByScope: fields.map('claimsByScope', readClaims),
    claimsFromMetadata: fields.map('claimsFromMetadata', (value, path) =>
      decodeSelector(value, path, faults),
    ),
    claimsFromToken: fields.has('claimsFromToken')
      ? decodeTokenSelector(fields.nested('claimsFromToken'))
      : undefined,
    suppressClaims: fields.strings('suppressClaims'),
    addScopes: fields.strings('addScopes'),
    suppressScopes: fields.strings('suppressScopes'),
  };
}

function decodeOverride(fields: FieldReader, faults: Fault[]): OverrideRecord {
  const revision = fields.integer('revision');
  if (revision < 1 || revision > MAX_REVISION) {
    faults.push({ path: 'revision', problem: 'not a revision', expected: `1 to ${MAX_REVISION}` });
  }
  return {
    kind: 'override',
    userPoolId: fields.string('userPoolId'),
    clientId: fields.string('clientId'),
    revision,
    disabled: fields.boolean('disabled'),
    claims: fields.map('claims', (value, path) => decodeOverrideClaim(value, path, faults)),
    updatedBy: fields.string('updatedBy'),
    reason: fields.string('reason'),
    updatedAt: fields.string('updatedAt'),
  };
}

function decodeSettings(fields: FieldReader): SettingsRecord {
  return {
    kind: 'settings',
    userPoolId: fields.string('userPoolId'),
    poolName: fields.string('poolName'),
    unknownClients: fields.oneOf('unknownClients', ['deny', 'issue-without-claims']),
    declaredScopes: fields.strings('declaredScopes'),
  };
}

function decodeClaims(value: JsonValue, path: string, faults: Fault[]): Claims {
  if (!isObject(value)) {
    faults.push({ path, problem: 'wrong field', expected: 'object of claims' });
    return {};
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, claim]) => [
      name,
      decodeClaim(claim, joinPath(path, name), faults),
    ]),
  );
}

function decodeOverrideClaim(value: JsonValue, path: string, faults: Fault[]): OverrideClaim {
  if (!isObject(value) || !Object.hasOwn(value, 'value')) {
    faults.push({ path, problem: 'wrong field', expected: 'an object with a value' });
    return { value: '' };
  }
  const claim = { value: decodeClaim(value['value'], joinPath(path, 'value'), faults) };
  if (!Object.hasOwn(value, 'expiresAt')) return claim;
  return { ...claim, expiresAt: createFieldReader(value, path, faults).integer('expiresAt') };
}

function decodeSelector(value: JsonValue, path: string, faults: Fault[]): MetadataSelector {
  if (!isObject(value)) {
    faults.push({ path, problem: 'wrong field', expected: 'object with key, allow and required' });
  }
  const fields = createFieldReader(isObject(value) ? value : {}, path, faults);
  return {
    key: fields.string('key'),
    allow: fields.strings('allow'),
    required: fields.boolean('required'),
  };
}

function decodeClaim(value: JsonValue | undefined, path: string, faults: Fault[]): ClaimValue {
  if (isClaimValue(value)) return value;
  faults.push({ path, problem: 'not a claim value', got: describeKind(value) });
  return '';
}

// An item copied under another key would give one client the claims of another.
function checkKeys(source: JsonObject, record: ClaimRecord, faults: Fault[]): void {
  const isInPlace =
    source['pk'] === partitionKey(record.userPoolId) && source['sk'] === sortKeyOf(record);
  if (!isInPlace) faults.push({ path: 'sk', problem: 'the item lies under the key of another' });
}

/** Reads how a client takes claims from a user's token. */
function decodeTokenSelector(fields: FieldReader): TokenSelector {
  return {
    key: fields.string('key'),
    issuer: decodeTokenIssuer(fields.nested('issuer')),
    required: fields.boolean('required'),
    maxAgeSeconds: fields.integer('maxAgeSeconds'),
    claims: fields.stringMap('claims'),
  };
}

function decodeTokenIssuer(fields: FieldReader): TokenIssuer {
  return {
    name: fields.string('name'),
    issuer: fields.string('issuer'),
    jwksUri: fields.has('jwksUri') ? fields.string('jwksUri') : undefined,
    clientIds: fields.strings('clientIds'),
    audience: fields.strings('audience'),
    tokenUse: fields.has('tokenUse') ? fields.oneOf('tokenUse', ['access', 'id']) : undefined,
  };
}

/** The version of the item layout that this code writes and the highest that it reads. */
export const ITEM_VERSION = 1;

/**
 * Encodes a record as the DynamoDB item that holds it, keys included.
 *
 * Every attribute is a native DynamoDB type, so that the item reads well in the console.
 */
export function encodeRecord(record: ClaimRecord): Item {
  const { userPoolId, ...attributes } = record;
  return {
    pk: { S: partitionKey(userPoolId) },
    sk: { S: sortKeyOf(record) },
    itemVersion: { N: String(ITEM_VERSION) },
    userPoolId: { S: userPoolId },
    ...encodeMembers(attributes),
  };
}

/** The sort key under which a record is kept. */
function sortKeyOf(record: ClaimRecord): string {
  if (record.kind === 'baseline') return baselineSortKey(record.clientId);
  if (record.kind === 'override') return overrideSortKey(record.clientId, record.revision);
  return SETTINGS_SORT_KEY;
}

/** Digits of a revision in a sort key: digits sort before letters, so the baseline sorts after every revision. */
const REVISION_DIGITS = 10;

/** The highest revision that the sort key can hold. */
export const MAX_REVISION = 10 ** REVISION_DIGITS - 1;

/** The sort key of a pool's settings. */
export const SETTINGS_SORT_KEY = 'SETTINGS';

/** The partition key of all items of a pool. */
export function partitionKey(userPoolId: string): string {
  return `POOL#${userPoolId}`;
}

/** What the sort keys of all claim items of a client begin with. */
export function clientKeyPrefix(clientId: string): string {
  return `CLIENT#${clientId}#CLAIMS#`;
}

/** The sort key of a client's baseline. */
export function baselineSortKey(clientId: string): string {
  return `${clientKeyPrefix(clientId)}BASELINE`;
}

/** The sort key of one override revision. */
export function overrideSortKey(clientId: string, revision: number): string {
  return `${clientKeyPrefix(clientId)}${String(revision).padStart(REVISION_DIGITS, '0')}`;
}

/** A DynamoDB attribute value of the kinds that claim records use, in the form of the DynamoDB API. */
export type AttributeValue =
  | { S: string }
  | { N: string }
  | { BOOL: boolean }
  | { NULL: true }
  | { L: AttributeValue[] }
  | { M: { [name: string]: AttributeValue } };

/** A DynamoDB item by attribute name. */
export type Item = { [name: string]: AttributeValue };

/** DynamoDB's number syntax. @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html */
const NUMBER_TEXT =
  /^(?<sign>[+-]?)(?<whole>\d+)(?:\.(?<fraction>\d+))?(?:[eE](?<exponent>[+-]?\d+))?$/;

/** Deeper than any item that DynamoDB stores. */
const MAX_DEPTH = 40;

/** Encodes a JSON value; the caller has checked its numbers. */
function encodeAttribute(value: JsonValue | undefined): AttributeValue {
  if (value === null || value === undefined) return { NULL: true };
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: String(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (isArray(value)) return { L: value.map(encodeAttribute) };
  return { M: encodeMembers(value) };
}

/** Encodes every member of an object that is set. */
function encodeMembers(source: object): Item {
  const members = Object.entries(source).filter(([, value]) => value !== undefined);
  // Object.fromEntries defines own properties, so that a member named `__proto__` stays data.
  return Object.fromEntries(members.map(([name, value]) => [name, encodeAttribute(value)]));
}

/**
 * Decodes an attribute value into JSON.
 *
 * @param faults - Receives what can't be decoded: an unknown type, a number that JavaScript would change.
 * @param namedLevels - How many levels of members a path may name. Below them, names are a part of a claim's value.
 */
function decodeAttribute(
  attribute: unknown,
  path: string,
  faults: Fault[],
  namedLevels: number,
  depth = 0,
): JsonValue {
  const [type, value] = Object.entries(attribute ?? {})[0] ?? [];
  if (depth > MAX_DEPTH) return reject(faults, path, 'nested too deep', `${depth} levels`);
  if (type === 'S' && typeof value === 'string') return value;
  if (type === 'BOOL' && typeof value === 'boolean') return value;
  if (type === 'NULL') return null;
  if (type === 'N' && typeof value === 'string') return decodeNumber(value, path, faults);
  if (type === 'L' && Array.isArray(value)) {
    return value.map((member, index) =>
      decodeAttribute(member, joinPath(path, index), faults, namedLevels, depth + 1),
    );
  }
  if (type === 'M' && typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(([name, member]) => {
      const memberPath = namedLevels > 0 ? joinPath(path, name) : path;
      return [name, decodeAttribute(member, memberPath, faults, namedLevels - 1, depth + 1)];
    });
    return Object.fromEntries(members);
  }
  return reject(faults, path, 'not a type that claim records use', String(type));
}

function decodeNumber(text: string, path: string, faults: Fault[]): JsonValue {
  const value = Number(text);
  if (isSafeNumber(value) && decimalOf(text) === decimalOf(String(value))) return value;
  return reject(
    faults,
    path,
    'a number that JavaScript cannot represent exactly',
    'one it changes',
  );
}

/** Writes a decimal number in one way only, as its significant digits and a power of ten; nothing for any other text. */
function decimalOf(text: string): string | undefined {
  const parts = NUMBER_TEXT.exec(text)?.groups;
  if (parts === undefined) return undefined;
  const { sign, whole, fraction = '', exponent = '0' } = parts;
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  const power = Number(exponent) - fraction.length + digits.length - significant.length;
  return `${sign === '-' ? '-' : ''}${significant}e${power}`;
}

function reject(faults: Fault[], path: string, problem: string, got: string): null {
  faults.push({ path, problem, got });
  return null;
}

function isArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
