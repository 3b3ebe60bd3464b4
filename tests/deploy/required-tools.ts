import { mustRun } from '../must-run.ts';
import { type DeployTools, findDeployTools } from './tools.ts';

/**
 * Finds what a real deploy needs, for a test file that can't run without it.
 *
 * @returns `undefined` where something is missing and need not be there; says what.
 * @throws If something is missing where it must be there.
 */
export async function requiredTools(): Promise<DeployTools | undefined> {
  const found = await findDeployTools();
  if (found.isComplete) return found.tools;
  const reason = found.missing.join('; ');
  if (mustRun) throw new Error(`The deploy tests must run here, but ${reason}.`);
  process.stderr.write(`skipped: the deploy tests, because ${reason}\n`);
  return undefined;
}
