import { describeKind, type Fault, joinPath } from '@cognito-m2m/claim-schema';
import type { z } from 'zod';
import type { EnvironmentInput } from './environment.ts';
import { environmentSchema } from './environment-schema.ts';

/** An environment of which any part may be missing. */
export type PartialEnvironment = DeepPartial<EnvironmentInput>;

type DeepPartial<T> = T extends readonly (infer U)[]
  ? readonly U[]
  : T extends object
    ? { readonly [K in keyof T]?: DeepPartial<T[K]> }
    : T;

const UNREADABLE_NAME = '__proto__';

/** The shape faults of an input, and the part of it that has none. */
export interface ReadShape {
  readonly faults: readonly Fault[];
  /** The input without its faulty fields, so that the other rules can still look at the rest. */
  readonly readable: PartialEnvironment;
}

/** Checks the shape of an environment and keeps what can be read. */
export function readShape(input: unknown): ReadShape {
  const result = environmentSchema.safeParse(input, { reportInput: true });
  const unreadable = findUnreadableNames(input, '');
  if (result.success && unreadable.length === 0) {
    // A copy, without fields that are `undefined`.
    return { faults: [], readable: cloneJson(input) as EnvironmentInput };
  }
  const issues = result.error?.issues ?? [];
  const readable = cloneJson(input);
  for (const path of issues.flatMap(toFaultyPaths)) removeAt(readable, path);
  return {
    faults: [...issues.flatMap(toFaults), ...unreadable],
    readable: isRecord(readable) ? readable : {},
  };
}

/** Where the values are that can't be read; the fields next to an unknown one can. */
function toFaultyPaths(issue: z.core.$ZodIssue): (readonly PropertyKey[])[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => [...issue.path, key]);
  return [issue.path];
}

function toFaults(issue: z.core.$ZodIssue): Fault[] {
  const path = issue.path.reduce<string>(
    (base, segment) => joinPath(base, typeof segment === 'symbol' ? String(segment) : segment),
    '',
  );
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: joinPath(path, key), problem: 'unknown field' }));
  }
  return [{ path: path === '' ? '(file)' : path, ...describe(issue) }];
}

function describe(issue: z.core.$ZodIssue): Omit<Fault, 'path'> {
  const got = describeInput(issue.input);
  if (issue.code === 'invalid_type' && issue.input === undefined) {
    return { problem: 'missing', expected: issue.expected };
  }
  if (issue.code === 'invalid_type') {
    return { problem: 'wrong type', got: describeKind(issue.input), expected: issue.expected };
  }
  if (issue.code === 'invalid_value') {
    return { problem: 'not allowed', got, expected: `one of ${issue.values.join(', ')}` };
  }
  if (issue.code === 'invalid_union' && issue.discriminator !== undefined) {
    return { problem: 'not allowed', expected: '"local" or "s3"' };
  }
  return { problem: 'not allowed', got, expected: issue.message };
}

function describeInput(input: unknown): string {
  const isPrintable = typeof input === 'string' || typeof input === 'number';
  if (!isPrintable) return Array.isArray(input) ? `${input.length} of them` : describeKind(input);
  const text = JSON.stringify(input);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

// The schema library passes over this one name; a pool or client so called would go unchecked.
function findUnreadableNames(input: unknown, path: string): Fault[] {
  if (!isRecord(input) || Array.isArray(input)) return [];
  return Object.entries(input).flatMap(([name, value]) => {
    const fault = { path: joinPath(path, name), problem: 'bad name', expected: 'another name' };
    return name === UNREADABLE_NAME ? [fault] : findUnreadableNames(value, joinPath(path, name));
  });
}

// Environment files are plain data; a function or a cycle in one is left out and already reported as a wrong type.
function cloneJson(input: unknown): unknown {
  if (Array.isArray(input)) return input.map(cloneJson);
  if (!isRecord(input)) return input;
  return Object.fromEntries(
    Object.entries(input)
      .filter(([key, value]) => key !== UNREADABLE_NAME && value !== undefined)
      .map(([key, value]) => [key, cloneJson(value)]),
  );
}

// The name stays: a faulty pool is a pool all the same, and clients may name a scope whose description is faulty.
function removeAt(root: unknown, path: readonly PropertyKey[]): void {
  const last = path.at(-1);
  const parent = path
    .slice(0, -1)
    .reduce<unknown>((node, segment) => (isRecord(node) ? node[String(segment)] : undefined), root);
  if (last === undefined || !isRecord(parent)) return;
  if (Array.isArray(parent)) delete parent[Number(last)];
  else parent[String(last)] = undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
