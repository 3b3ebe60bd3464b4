import { Command, InvalidArgumentError, Option } from 'commander';

/** A whole number that can be given on the command line. */
export interface CountOption {
  readonly description: string;
  /** What it is for a run that is worth keeping. */
  readonly full: number;
}

/** What a benchmark or a soak was called with. */
export interface CommandLine<N extends string> {
  readonly counts: { readonly [name in N]: number };
  /** The only part that is measured. @default all */
  readonly only: string | undefined;
  /** False if any count is below that of a full run, or if only a part is measured: such a run prints its page and leaves the committed one alone. */
  readonly isFull: boolean;
}

/**
 * Reads the command line of a benchmark or a soak; ends the process for `--help` and for what can't be read.
 *
 * @param name - As it is called, `bench:synth` for instance.
 * @param parts - What can be measured by itself. @default nothing
 */
export function readCommandLine<N extends string>(
  {
    name,
    description,
    parts = [],
  }: { readonly name: string; readonly description: string; readonly parts?: readonly string[] },
  options: { readonly [name in N]: CountOption },
  argv: readonly string[] = process.argv.slice(2),
): CommandLine<N> {
  const command = new Command(`npx -y pnpm@12 ${name}`)
    .description(description)
    .addHelpText(
      'after',
      '\nFewer than by default, or only a part, print the results and keep the committed page.',
    );
  const entries = Object.entries<CountOption>(options);
  for (const [option, { description: what, full }] of entries) {
    command.option(`--${option} <count>`, what, toCount, full);
  }
  if (parts.length > 0) {
    command.addOption(new Option('--only <part>', 'measure only this part').choices(parts));
  }
  command.parse(argv, { from: 'user' });
  const counts = command.opts<{ readonly [name in N]: number }>();
  const { only } = command.opts<{ readonly only?: string }>();
  const isWhole = entries.every(([option, { full }]) => counts[option as N] >= full);
  return { counts, only, isFull: isWhole && only === undefined };
}

function toCount(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text))
    throw new InvalidArgumentError('Expected a whole number from 1.');
  return Number(text);
}
