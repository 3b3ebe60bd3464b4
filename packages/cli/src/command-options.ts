import type { CommandDefinition, OptionDefinition } from './command.ts';

/** Options of every command that works on an environment. */
const ENVIRONMENT_OPTIONS: readonly OptionDefinition[] = [
  {
    flags: '-e, --env <name>',
    description: 'the environment; there is no default',
    completes: 'environment',
  },
  {
    flags: '--local-url <url>',
    description: 'a running local Cognito (default: http://127.0.0.1:8787 if it answers)',
  },
  { flags: '--aws', description: 'the AWS deployment, even if a local Cognito runs' },
];

/** Options of every command. */
const SHARED_OPTIONS: readonly OptionDefinition[] = [
  { flags: '--json', description: 'answer with one JSON document on stdout' },
  {
    flags: '--environments <folder>',
    description: 'where the environment files are (default: infra/environments)',
  },
];

/** Every option of a command, in the order of its help. */
export function optionsOf({ options, needs }: CommandDefinition): readonly OptionDefinition[] {
  return [...options, ...(needs === 'environment' ? ENVIRONMENT_OPTIONS : []), ...SHARED_OPTIONS];
}

/** How an option is written: `['-e', '--env']`. */
export function flagsOf({ flags }: OptionDefinition): readonly string[] {
  return flags.replace(/ <.*/, '').split(', ');
}

/** True if a word after the option is its value. */
export function takesValue({ flags }: OptionDefinition): boolean {
  return flags.includes('<');
}
