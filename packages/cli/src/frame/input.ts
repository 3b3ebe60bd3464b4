import { readFile } from 'node:fs/promises';
import {
  type ClaimMember,
  type Claims,
  type ClaimType,
  type ClaimValue,
  type Contract,
  checkClaimName,
  definitionOf,
  type Fault,
  findMember,
  formatFault,
  listMemberPaths,
} from '@cognito-m2m/claim-schema';
import { CliError, didYouMean } from './errors.ts';

/** What a list of claims held. */
interface ReadClaims {
  /** Those that could be read. */
  readonly claims: Claims;
  /** Every one that could not; none quotes a value. */
  readonly faults: readonly Fault[];
}

/**
 * Reads claims given as `name=value`, each value by the type that the contract gives the claim.
 *
 * Strings are taken as they are, lists as `a,b` or JSON, objects as JSON.
 */
export function readClaims(texts: readonly string[], contract: Contract): ReadClaims {
  const { pairs, faults: pairFaults } = splitPairs(texts, 'claim');
  const { claims, faults } = readPairs(
    pairs.map(([name, text]) => ({ name, text })),
    contract,
  );
  return { claims, faults: [...pairFaults, ...faults] };
}

function readPairs(
  pairs: readonly { readonly name: string; readonly text: string }[],
  contract: Contract,
): ReadClaims {
  const faults: Fault[] = [];
  const claims: { [name: string]: ClaimValue } = {};
  for (const { name, text } of pairs) {
    const value = parseClaimText(contract, name, text);
    if (value === undefined) faults.push(describeFault(contract, name));
    else claims[name] = value;
  }
  return { claims, faults };
}

/** One member of an object claim, and what it is set to. */
export interface MemberValue extends ClaimMember {
  readonly value: ClaimValue;
}

/** What a list of claims and members of claims held. */
interface ReadChanges extends ReadClaims {
  /** Members of claims that are not set as a whole. */
  readonly members: readonly MemberValue[];
}

/**
 * Reads claims as {@link readClaims}, and members of object claims given as `limits.perMinute=30`.
 *
 * Where the contract takes any member, a value is JSON if it can be read as JSON, and a string otherwise.
 */
export function readClaimChanges(texts: readonly string[], contract: Contract): ReadChanges {
  const { pairs, faults: pairFaults } = splitPairs(texts, 'claim');
  const found = pairs.map(([name, text]) => ({ member: findMember(contract, name), name, text }));
  const { claims, faults } = readPairs(
    found.filter(({ member }) => member === undefined),
    contract,
  );
  const memberFaults: Fault[] = [];
  const members = found.flatMap(({ member, name, text }): MemberValue[] => {
    const value = member && parseMember(member, text);
    if (member !== undefined && value !== undefined) return [{ ...member, value }];
    if (member !== undefined) memberFaults.push(wrongType(name, member.rules?.type));
    return [];
  });
  const overlaps = findOverlaps(Object.keys(claims), members);
  return { claims, members, faults: [...pairFaults, ...overlaps, ...faults, ...memberFaults] };
}

/** Splits names into claims and members of claims, for a command that takes names only. */
export function readClaimNames(names: readonly string[], contract: Contract) {
  const found = names.map((name) => ({ name, member: findMember(contract, name) }));
  const claimNames = found.flatMap(({ name, member }) => (member === undefined ? [name] : []));
  const members = found.flatMap(({ member }) => member ?? []);
  return { claimNames, members, faults: findOverlaps(claimNames, members) };
}

function parseMember({ rules }: ClaimMember, text: string): ClaimValue | undefined {
  return rules === undefined ? (parseJson(text) ?? text) : parseValue(rules.type, text);
}

/** Each member that is given together with an object that holds it: nobody could tell which of the two counts. */
function findOverlaps(claimNames: readonly string[], members: readonly ClaimMember[]): Fault[] {
  const paths = members.map(({ claim, members: names }) => [claim, ...names]);
  const outer = [...claimNames.map((name) => [name]), ...paths];
  const isInside = (path: readonly string[], other: readonly string[]) =>
    other.length < path.length && other.every((name, index) => name === path[index]);
  return paths
    .filter((path) => outer.some((other) => isInside(path, other)))
    .map((path) => ({
      path: path.join('.'),
      problem: 'given together with an object that holds it',
      expected: 'one of the two',
    }));
}

function describeFault(contract: Contract, name: string): Fault {
  const expected = definitionOf(contract, name)?.type;
  if (expected !== undefined) return wrongType(name, expected);
  const known = knownNames(contract, name);
  const problem = [`"${name}" is not in the claim contract`, didYouMean(name, known)];
  const unknown = {
    path: name,
    problem: problem.filter((part) => part !== undefined).join('. '),
    expected: `one of ${known.join(', ')}`,
  };
  return checkClaimName(name, name) ?? unknown;
}

/** What a name could have been: a member of the claim that it begins with, or else a claim. */
function knownNames(contract: Contract, name: string): string[] {
  const claim = Object.keys(contract).find((other) => name.startsWith(`${other}.`));
  const siblings = listMemberPaths(contract).filter((path) => path.startsWith(`${claim}.`));
  return siblings.length > 0 ? siblings : Object.keys(contract);
}

function wrongType(path: string, expected: ClaimType | undefined): Fault {
  return {
    path,
    problem: 'wrong type',
    got: 'another string',
    ...(expected !== undefined && { expected }),
  };
}

/** Reads one value by the type of its claim or its member in the contract; `undefined` if it cannot be read so. */
export function parseClaimText(
  contract: Contract,
  name: string,
  text: string,
): ClaimValue | undefined {
  const definition = definitionOf(contract, name);
  if (definition !== undefined) return parseValue(definition.type, text);
  const member = findMember(contract, name);
  return member && parseMember(member, text);
}

/** Whether the value fits in every other respect is for the contract's own check. */
function parseValue(type: ClaimType, text: string): ClaimValue | undefined {
  if (type === 'string') return text;
  if (type.endsWith('[]') && !text.startsWith('[')) return parseList(type, text);
  return parseJson(text);
}

function parseList(type: ClaimType, text: string): ClaimValue | undefined {
  // Whoever writes `a, b` means the members, not the spaces between them.
  const members = text.trim() === '' ? [] : text.split(',').map((member) => member.trim());
  if (members.includes('')) return undefined;
  if (type === 'string[]') return members;
  const values = members.map(parseJson);
  return values.includes(undefined) ? undefined : (values as ClaimValue);
}

function parseJson(text: string): ClaimValue | undefined {
  // The parser's own error would quote the text.
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A name and a value that were given as `name=value`. */
type Pair = readonly [name: string, value: string];

/** What a list of `name=value` held. */
interface Pairs {
  readonly pairs: readonly Pair[];
  /** One for each text without a name or a value, and for each name that was given more than once. */
  readonly faults: readonly Fault[];
}

/**
 * Splits strings of the form `name=value` at their first `=`.
 *
 * @param what - What they are, for the faults, which count strings without a name or a value and never quote them: they may hold a secret.
 */
export function splitPairs(texts: readonly string[], what: string): Pairs {
  const pairs: Pair[] = [];
  const faults: Fault[] = [];
  for (const [index, text] of texts.entries()) {
    const position = text.indexOf('=');
    if (position > 0) pairs.push([text.slice(0, position), text.slice(position + 1)]);
    else {
      const problem = position === 0 ? 'no name' : 'no "=value"';
      faults.push({ path: `${what} number ${index + 1}`, problem, expected: 'name=value' });
    }
  }
  return { pairs, faults: [...faults, ...findRepeated(pairs)] };
}

function findRepeated(pairs: readonly Pair[]): Fault[] {
  const names = pairs.map(([name]) => name);
  const repeated = names.filter((name, index) => names.indexOf(name) !== index);
  return [...new Set(repeated)].map((path) => ({
    path,
    problem: 'given more than once',
    expected: 'one value',
  }));
}

/** What a caller of the token endpoint would send. */
export interface TokenRequestInput {
  /** @default all scopes of the client */
  readonly scopes: readonly string[];
  /** As `key=value`, or `key=@file`. */
  readonly metadata: readonly string[];
}

/** The options of commands that ask for a token. */
export const REQUEST_OPTIONS = [
  {
    flags: '-s, --scope <scope>',
    description: 'a scope to ask for (default: all of the client)',
    isRepeatable: true,
  },
  {
    flags: '-m, --metadata <key=value>',
    description: 'a key of aws_client_metadata; key=@file reads a file',
    isRepeatable: true,
  },
] as const;

/**
 * Picks the scopes to ask for.
 *
 * @throws {CliError} `ERR_ARGUMENT_INVALID` for a scope that the client may not have; Amazon Cognito would refuse it.
 */
export function pickScopes(
  asked: readonly string[],
  allowed: readonly string[],
  clientName: string,
): readonly string[] {
  const refused = asked.filter((scope) => !allowed.includes(scope));
  if (refused.length === 0) return asked.length === 0 ? allowed : asked;
  const message = `Client "${clientName}" may not have scope ${refused.join(', ')}; it may have ${allowed.join(', ')}.`;
  throw new CliError('ERR_ARGUMENT_INVALID', message);
}

/**
 * Reads metadata as `aws_client_metadata` holds it; `undefined` if none was given.
 *
 * A value that begins with `@` names a file: a user's token does not belong in the history of a shell.
 *
 * @throws {CliError} `ERR_ARGUMENT_INVALID` for a string without a key, a key that is given more than once, or a file that
 *   cannot be read.
 */
export async function readMetadata(
  texts: readonly string[],
): Promise<Record<string, string> | undefined> {
  const { pairs, faults } = splitPairs(texts, 'metadata');
  if (faults.length > 0) {
    throw new CliError('ERR_ARGUMENT_INVALID', `${faults.map(formatFault).join('; ')}.`);
  }
  if (texts.length === 0) return undefined;
  const values = pairs.map(async ([key, value]) => [key, await readValue(key, value)] as const);
  return Object.fromEntries(await Promise.all(values));
}

async function readValue(key: string, value: string): Promise<string> {
  if (!value.startsWith('@')) return value;
  const file = value.slice(1);
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new CliError('ERR_ARGUMENT_INVALID', `Cannot read ${file} for --metadata ${key}.`, {
      cause,
    });
  });
  // An editor ends a file with a line break, which is not part of a token.
  return text.trimEnd();
}
