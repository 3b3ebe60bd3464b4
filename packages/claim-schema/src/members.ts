import type { JsonObject, JsonValue } from './claim-value.ts';
import { type Contract, definitionOf, type ValueRules } from './contract-definition.ts';

/** A member of an object claim, at any depth. */
export interface ClaimMember {
  readonly claim: string;
  /** The names of the members on the way, outermost first; at least one. */
  readonly members: readonly string[];
  /** The rules of the member's value; `undefined` if the contract takes any member there. */
  readonly rules: ValueRules | undefined;
}

/**
 * Finds the member of an object claim that a dotted path names, such as `limits.perMinute`.
 *
 * Names may hold dots themselves: the longest claim that the contract knows wins, and then the longest member.
 *
 * @returns `undefined` if the path is a claim itself, or names nothing that the contract knows.
 */
export function findMember(contract: Contract, path: string): ClaimMember | undefined {
  if (definitionOf(contract, path) !== undefined) return undefined;
  const claim = longestPrefix(Object.keys(contract), path);
  const definition = claim === undefined ? undefined : definitionOf(contract, claim);
  if (claim === undefined || definition?.type !== 'object') return undefined;
  const found = findIn(definition, path.slice(claim.length + 1));
  return found && { claim, ...found };
}

/**
 * Sets one member of an object claim and leaves the others as they are.
 *
 * @param current - The claim's value so far; `undefined` if it has none.
 * @returns A new object; objects on the way that are missing are created.
 */
export function setMember(
  current: JsonValue | undefined,
  [name, ...deeper]: readonly string[],
  value: JsonValue,
): JsonObject {
  const object = isObject(current) ? current : {};
  if (name === undefined) return object;
  const before = Object.hasOwn(object, name) ? object[name] : undefined;
  const member = deeper.length === 0 ? value : setMember(before, deeper, value);
  // Entries, so that a member named `__proto__` stays data.
  const others = Object.entries(object).filter(([other]) => other !== name);
  return Object.fromEntries([...others, [name, member]]);
}

/**
 * Reads one member of an object claim.
 *
 * @returns `undefined` if there is no such member.
 */
export function readMember(
  current: JsonValue | undefined,
  members: readonly string[],
): JsonValue | undefined {
  return members.reduce<JsonValue | undefined>(
    (value, name) => (isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined),
    current,
  );
}

/**
 * Removes one member of an object claim and leaves the others as they are.
 *
 * @returns A new object; an object on the way that becomes empty is removed too.
 */
export function removeMember(
  current: JsonValue | undefined,
  [name, ...deeper]: readonly string[],
): JsonObject {
  const object = isObject(current) ? current : {};
  const others = Object.entries(object).filter(([other]) => other !== name);
  if (deeper.length === 0 || name === undefined) return Object.fromEntries(others);
  const inner = readMember(object, [name]);
  if (!isObject(inner)) return object;
  const rest = removeMember(inner, deeper);
  return Object.fromEntries(Object.keys(rest).length === 0 ? others : [...others, [name, rest]]);
}

/** Lists the dotted paths of every member that the contract names, outer members first. */
export function listMemberPaths(contract: Contract): string[] {
  return Object.entries(contract).flatMap(([name, rules]) => pathsUnder(name, rules));
}

function pathsUnder(prefix: string, { members = {} }: ValueRules): string[] {
  return Object.entries(members).flatMap(([name, rules]) => [
    `${prefix}.${name}`,
    ...pathsUnder(`${prefix}.${name}`, rules),
  ]);
}

function findIn(rules: ValueRules, path: string): Omit<ClaimMember, 'claim'> | undefined {
  if (path === '') return undefined;
  const { members } = rules;
  // Nothing is known of the names of open objects: each dot is a step.
  if (members === undefined) return { members: path.split('.'), rules: undefined };
  if (Object.hasOwn(members, path)) return { members: [path], rules: members[path] };
  const name = longestPrefix(Object.keys(members), path);
  const member = name === undefined ? undefined : members[name];
  if (name === undefined || member?.type !== 'object') return undefined;
  const found = findIn(member, path.slice(name.length + 1));
  return found && { members: [name, ...found.members], rules: found.rules };
}

function longestPrefix(names: readonly string[], path: string): string | undefined {
  return names
    .filter((name) => path.startsWith(`${name}.`))
    .reduce<string | undefined>(
      (longest, name) => (name.length > (longest?.length ?? -1) ? name : longest),
      undefined,
    );
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
