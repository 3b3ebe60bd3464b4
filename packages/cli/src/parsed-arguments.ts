/** What the command line held, as a command's definition reads it; commander has checked what is required. */
export interface ParsedArguments {
  /** A required positional argument. */
  text(index: number): string;
  /** An optional positional argument. */
  optionalText(index: number): string | undefined;
  /** A variadic positional argument. */
  list(index: number): readonly string[];
  /** The value of an option, by its long name in camel case. */
  option(name: string): string | undefined;
  /** The values of an option that may be given many times. */
  options(name: string): readonly string[];
  /** True if the flag was given. */
  flag(name: string): boolean;
}

/** Creates the reader of what commander parsed. */
export function createParsedArguments(
  positionals: readonly unknown[],
  options: { readonly [name: string]: unknown },
): ParsedArguments {
  return {
    text: (index) => String(positionals[index]),
    optionalText: (index) => asText(positionals[index]),
    list: (index) => asList(positionals[index]),
    option: (name) => asText(options[name]),
    options: (name) => asList(options[name]),
    flag: (name) => options[name] === true,
  };
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function asList(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
