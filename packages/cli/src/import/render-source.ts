import type { EnvironmentInput } from '@cognito-m2m/environment';
import { plainText } from '../frame/output/text.ts';
import type { ImportNote, Place } from './import-note.ts';

/** Objects that get a line for each member, as people write them; the formatter breaks others where they do not fit. */
const EXPANDED: readonly (readonly string[])[] = [
  [],
  ['pools'],
  ['pools', '*'],
  ['pools', '*', 'resourceServers'],
  ['pools', '*', 'clients'],
  ['pools', '*', 'clients', '*'],
];

/**
 * Writes an environment as a TypeScript file, before the formatter has been over it.
 *
 * @param notes - What the file leaves out; each becomes a comment at the nearest thing that is declared.
 */
export function renderSource(input: EnvironmentInput, notes: readonly ImportNote[]): string {
  const comments = new Map<string, string[]>();
  for (const { place, what } of notes) {
    const key = commentKey(input, place);
    const subject = isDeclared(input, place) ? '' : `${place.client}: `;
    comments.set(key, [...(comments.get(key) ?? []), `Not declared: ${subject}${what}`]);
  }
  return [
    "import { defineEnvironment } from '@cognito-m2m/contract';",
    '',
    `export default defineEnvironment(${renderValue(input, [], comments)});`,
    '',
  ].join('\n');
}

/** A comment stands before the client it is about, before the pool, or before the pools. */
function commentKey(input: EnvironmentInput, place: Place): string {
  const { pool, client } = place;
  if (pool === undefined) return keyOf(['pools']);
  if (client === undefined || !isDeclared(input, place)) return keyOf(['pools', pool]);
  return keyOf(['pools', pool, 'clients', client]);
}

function isDeclared({ pools }: EnvironmentInput, { pool, client }: Place): boolean {
  if (client === undefined) return true;
  return Object.hasOwn(pools[pool ?? '']?.clients ?? {}, client);
}

function keyOf(path: readonly string[]): string {
  return JSON.stringify(path);
}

function renderValue(
  value: unknown,
  path: readonly string[],
  comments: ReadonlyMap<string, readonly string[]>,
): string {
  if (Array.isArray(value)) {
    return `[${value.map((member) => renderValue(member, [...path, '*'], comments)).join(', ')}]`;
  }
  if (typeof value !== 'object' || value === null) return renderScalar(value);
  const isExpanded = EXPANDED.some((pattern) => matches(path, pattern));
  const members = Object.entries(value).map(([name, member]) => {
    const memberPath = [...path, name];
    const lines = (comments.get(keyOf(memberPath)) ?? []).map((line) => `// ${plainText(line)}\n`);
    return `${lines.join('')}${JSON.stringify(name)}: ${renderValue(member, memberPath, comments)}`;
  });
  return isExpanded && members.length > 0
    ? `{\n${members.join(',\n')}\n}`
    : `{ ${members.join(', ')} }`;
}

/** As JSON, which TypeScript reads; what would break a line or reorder it is escaped. */
function renderScalar(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function matches(path: readonly string[], pattern: readonly string[]): boolean {
  return (
    path.length === pattern.length &&
    pattern.every((part, index) => part === '*' || part === path[index])
  );
}
