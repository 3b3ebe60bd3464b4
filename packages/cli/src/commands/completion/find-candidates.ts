import { contract } from '@cognito-m2m/claim-schema';
import { type Environment, listEnvironments, loadEnvironment } from '@cognito-m2m/environment';
import type { CommandDefinition, CompletionKind } from '../../command.ts';

/** What the shell has of a command line, and where environment files are. */
export interface CompletionQuery {
  /** Words after `m2m`; the last is the one to complete, maybe empty. */
  readonly words: readonly string[];
  readonly definitions: readonly CommandDefinition[];
  readonly directory?: string | undefined;
}

/** Finds what may stand in place of the last word. Never fails: a broken file just offers nothing. */
export async function findCandidates(query: CompletionQuery): Promise<string[]> {
  const { words, definitions } = query;
  const last = words.at(-1) ?? '';
  const definition = definitions.find(({ name }) => name === words[0]);
  if (words.length <= 1) return definitions.map(({ name }) => name).filter(startsWith(last));
  if (definition === undefined) return [];
  const candidates = await candidatesFor(query, definition).catch(() => []);
  return candidates.filter(startsWith(last));
}

async function candidatesFor(
  { words, directory }: CompletionQuery,
  definition: CommandDefinition,
): Promise<readonly string[]> {
  const options = directory === undefined ? {} : { directory };
  const previous = words.at(-2);
  if (previous === '--env' || previous === '-e') return listEnvironments(options);
  if (words.at(-1)?.startsWith('-')) return longFlags(definition);
  const given = positionals(words.slice(1, -1), definition);
  const kind =
    definition.arguments[Math.min(given.length, definition.arguments.length - 1)]?.completes;
  if (kind === undefined) return [];
  if (kind === 'claim') return Object.keys(contract);
  const position = words.findIndex((word) => word === '--env' || word === '-e');
  const name = words[position + 1];
  if (position === -1 || name === undefined) return [];
  return namesOf(await loadEnvironment(name, options), kind, given[0]);
}

function namesOf(
  { pools }: Environment,
  kind: Exclude<CompletionKind, 'claim'>,
  poolName: string | undefined,
): string[] {
  if (kind === 'pool') return pools.map(({ name }) => name);
  const pool = pools.find(({ name }) => name === poolName);
  return pool?.clients.map(({ name }) => name) ?? [];
}

function longFlags({ options, needs }: CommandDefinition): string[] {
  const shared = needs === 'environment' ? ['--env', '--local-url', '--aws'] : [];
  const own = options.flatMap(({ flags }) => /--[\w-]+/.exec(flags)?.[0] ?? []);
  return [...own, ...shared, '--json', '--environments', '--help'];
}

/** Flags that take no value; every other option swallows the next word. */
function positionals(words: readonly string[], { options }: CommandDefinition): string[] {
  const switches = new Set(['--aws', '--json', '--help', '-h']);
  for (const { flags } of options) {
    if (!flags.includes('<')) for (const flag of flags.split(', ')) switches.add(flag);
  }
  return words.filter((word, index) => {
    const before = words[index - 1];
    const isValue = before?.startsWith('-') === true && !switches.has(before);
    return !word.startsWith('-') && !isValue;
  });
}

function startsWith(prefix: string): (candidate: string) => boolean {
  return (candidate) => candidate.startsWith(prefix);
}
