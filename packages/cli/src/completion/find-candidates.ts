import { listMemberPaths } from '@cognito-m2m/claim-schema';
import { type Environment, listEnvironments, loadEnvironment } from '@cognito-m2m/environment';
import {
  type BareContext,
  type CommandDefinition,
  type CompletionKind,
  type OptionDefinition,
  optionsOf,
} from '../frame/command.ts';
import { SHELLS } from './shell-scripts.ts';

/** What the shell has of a command line, and where environment files are. */
interface CompletionQuery {
  /** All words after `m2m`. */
  readonly words: readonly string[];
  /** Which one to complete; it may be empty. */
  readonly position: number;
  readonly definitions: readonly CommandDefinition[];
  readonly context: Pick<BareContext, 'contract' | 'environmentsDirectory' | 'variables'>;
}

/** Finds what may stand in place of a word. Never fails: a broken file just offers nothing. */
export async function findCandidates(query: CompletionQuery): Promise<string[]> {
  const { words, position, definitions } = query;
  const word = words[position] ?? '';
  const [name] = words;
  const commands = definitions.flatMap((command) => (command.isHidden ? [] : [command.name]));
  if (position === 0) return [...commands, 'help'].filter(startsWith(word));
  if (name === 'help') return commands.filter(startsWith(word));
  const definition = definitions.find((command) => command.name === name);
  if (definition === undefined) return [];
  const candidates = await candidatesFor(query, definition).catch(() => []);
  return candidates.filter(startsWith(word));
}

async function candidatesFor(
  query: CompletionQuery,
  definition: CommandDefinition,
): Promise<readonly string[]> {
  const { words, position } = query;
  const word = words[position] ?? '';
  const options = optionsOf(definition);
  const before = readWords(words.slice(1, position), options);
  if (before.pending !== undefined) return valuesOf(before.pending.completes, query, definition);
  const [, flag = ''] = /^(--[\w-]+)=/.exec(word) ?? [];
  if (flag !== '') {
    const option = options.find((candidate) => flagsOf(candidate).includes(flag));
    const values = await valuesOf(option?.completes, query, definition);
    return values.map((value) => `${flag}=${value}`);
  }
  if (word.startsWith('-'))
    return [...options.map((option) => flagsOf(option).at(-1) ?? ''), '--help'];
  const last = definition.arguments.length - 1;
  const argument = definition.arguments[Math.min(before.positionals.length, last)];
  return valuesOf(argument?.completes, query, definition);
}

async function valuesOf(
  kind: CompletionKind | undefined,
  { words, position, context }: CompletionQuery,
  definition: CommandDefinition,
): Promise<readonly string[]> {
  if (kind === undefined) return [];
  if (kind === 'shell') return SHELLS;
  const { contract, environmentsDirectory: directory, variables } = context;
  if (kind === 'claim') return [...Object.keys(contract), ...listMemberPaths(contract)];
  if (kind === 'environment') return listEnvironments({ directory });
  // Options may stand anywhere, after the cursor too.
  const others = words.filter((_, index) => index > 0 && index !== position);
  const { positionals, values } = readWords(others, optionsOf(definition));
  const name = values.get('--env') ?? variables['M2M_ENV'];
  if (name === undefined) return [];
  const environment = await loadEnvironment(name, { contract, directory });
  return namesOf(environment, kind, positionals[0]);
}

function namesOf(
  { pools }: Environment,
  kind: 'pool' | 'client',
  poolName: string | undefined,
): string[] {
  if (kind === 'pool') return pools.map(({ name }) => name);
  const pool = pools.find(({ name }) => name === poolName);
  return pool?.clients.map(({ name }) => name) ?? [];
}

function startsWith(prefix: string): (candidate: string) => boolean {
  return (candidate) => candidate.startsWith(prefix);
}

/** What some words of an unfinished command line say. */
interface ReadWords {
  readonly positionals: readonly string[];
  /** Values of options, by their long names with the dashes. */
  readonly values: ReadonlyMap<string, string>;
  /** The option whose value comes next. */
  readonly pending: OptionDefinition | undefined;
}

/** Reads words as commander would, but for faults: an unfinished line has some. */
function readWords(words: readonly string[], options: readonly OptionDefinition[]): ReadWords {
  const positionals: string[] = [];
  const values = new Map<string, string>();
  let pending: OptionDefinition | undefined;
  for (const word of words) {
    const [, flag = word, value] = /^(--[\w-]+)=(.*)$/.exec(word) ?? [];
    const option = options.find((candidate) => flagsOf(candidate).includes(flag));
    if (pending !== undefined) values.set(longName(pending), word);
    else if (option !== undefined && value !== undefined) values.set(longName(option), value);
    else if (!word.startsWith('-')) positionals.push(word);
    const isNext = pending === undefined && value === undefined;
    pending = isNext && option !== undefined && takesValue(option) ? option : undefined;
  }
  return { positionals, values, pending };
}

function longName(option: OptionDefinition): string {
  return flagsOf(option).at(-1) ?? '';
}

/** How an option is written: `['-e', '--env']`. */
export function flagsOf({ flags }: OptionDefinition): readonly string[] {
  return flags.replace(/ <.*/, '').split(', ');
}

/** True if a word after the option is its value. */
function takesValue({ flags }: OptionDefinition): boolean {
  return flags.includes('<');
}
