import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { delimiter, dirname } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);
let found: Promise<string> | undefined;

/**
 * The program that `npx -y pnpm@12` starts, for tests that start it often: `npx` itself reads the whole `node_modules` of the
 * repository at each call, which takes four seconds of a processor. `tests/readme` calls it as a user does.
 *
 * @returns Its path.
 */
export function findPnpm(): Promise<string> {
  found ??= execute('npx', ['-y', '-p', 'pnpm@12', 'which', 'pnpm'], { cwd: tmpdir() }).then(
    ({ stdout }) => stdout.trim(),
  );
  return found;
}

/** Variables with which scripts find pnpm, too: many call it, and Turborepo does. */
export async function withPnpm(variables: NodeJS.ProcessEnv): Promise<NodeJS.ProcessEnv> {
  const folder = dirname(await findPnpm());
  return { ...variables, PATH: [folder, variables['PATH']].join(delimiter) };
}
