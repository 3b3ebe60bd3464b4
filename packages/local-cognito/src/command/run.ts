import picocolors from 'picocolors';
import { LocalCognitoError } from '../model/errors.ts';

/** Exit code for the caller's fault. */
const EXIT_CALLER = 1;

/** Exit code for a fault of this program, as in sysexits.h. */
const EXIT_INTERNAL = 70;

/**
 * Runs a command; an error that explains itself is shown as its message, any other one with its stack.
 *
 * @param isExplained - True for errors of other packages that explain themselves.
 */
export async function run(
  command: () => Promise<void>,
  isExplained: (error: unknown) => boolean = () => false,
): Promise<void> {
  // The SDK announces the end of its Node 20 support to whoever runs this; nothing they can do about it here.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  try {
    await command();
  } catch (error) {
    const hasMessage = error instanceof LocalCognitoError || isExplained(error);
    console.error(hasMessage && error instanceof Error ? error.message : error);
    process.exitCode = hasMessage ? EXIT_CALLER : EXIT_INTERNAL;
  }
}

/** Text styles. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  good(text: string): string;
  bad(text: string): string;
}

/** Creates styles for a stream: colours only on a terminal that can show them, and not where `NO_COLOR` is set. */
export function createStyle(stream: { readonly isTTY?: boolean }): Style {
  const { NO_COLOR, TERM } = process.env;
  const hasColours = stream.isTTY === true && !NO_COLOR && TERM !== 'dumb';
  const { bold, dim, green, red } = picocolors.createColors(hasColours);
  return { bold, dim, good: green, bad: red };
}
