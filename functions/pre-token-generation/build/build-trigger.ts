import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/**
 * Bundles the trigger into one ESM file.
 *
 * @param options.outfile - Where the bundle goes.
 */
export async function buildTrigger({ outfile }: { readonly outfile: string }): Promise<void> {
  await build({
    entryPoints: [fileURLToPath(new URL('../src/handler.ts', import.meta.url))],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    // The oldest Node.js that runs the bundle: Lambda has 22, the local server promises 20.
    target: 'node20',
    minify: true,
    mainFields: ['module', 'main'],
    // Licences of bundled packages are kept in the repository, not in every cold start.
    legalComments: 'none',
    logLevel: 'warning',
  });
}
