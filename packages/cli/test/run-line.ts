import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { ALWAYS_YES } from '../src/frame/terminal.ts';
import { type Edges, runM2m } from '../src/run.ts';

/** What one command line wrote and answered. */
interface RunOutcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line as `m2m` does, with everything written kept. */
export async function runLine(
  argv: readonly string[],
  changes: Partial<Edges> = {},
): Promise<RunOutcome> {
  const written = { stdout: '', stderr: '' };
  const exitCode = await runM2m(argv, {
    contract,
    write: (text) => {
      written.stdout += text;
    },
    writeError: (text) => {
      written.stderr += text;
    },
    width: 100,
    hasColours: false,
    isTerminal: false,
    prompt: ALWAYS_YES,
    clock: Date.now,
    wait: async () => {},
    repeat: () => () => {},
    variables: {},
    ...changes,
  });
  return { exitCode, ...written };
}
