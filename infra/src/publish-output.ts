import { cpSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Where CDKTF puts the folders of the stacks. */
const STACKS = 'stacks';
/** Where CDKTF puts the bundle, in a folder named by its content. */
const ASSETS = 'assets';

/**
 * Copies a finished synth over the one before it.
 *
 * What Terraform keeps in a stack's folder, such as its providers, stays; the assets of an earlier bundle go.
 */
export function publishOutput(draft: string, outputDirectory: string): void {
  for (const stack of readdirSync(join(draft, STACKS))) {
    rmSync(join(outputDirectory, STACKS, stack, ASSETS), { recursive: true, force: true });
  }
  cpSync(draft, outputDirectory, { recursive: true });
}
