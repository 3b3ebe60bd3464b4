import { fileURLToPath } from 'node:url';
import { type BuildOptions, build } from 'esbuild';
import { trims } from './trims.ts';

/** What makes the trigger's bundle, trims apart. */
const OPTIONS: BuildOptions = {
  entryPoints: [fileURLToPath(new URL('../src/handler.ts', import.meta.url))],
  bundle: true,
  format: 'esm',
  platform: 'node',
  // The oldest Node.js that runs the bundle: Lambda has 22, the local server promises 20.
  target: 'node20',
  minify: true,
  // The licences of bundled packages stand in the repository, not in every cold start.
  legalComments: 'none',
  logLevel: 'warning',
};

/** The trims that are options; those that are plugins are in `trims.ts`. */
const TRIMMED: BuildOptions = {
  // For Node.js, esbuild prefers `main`: the SDK's CommonJS, which can't be shaken and comes in whole.
  mainFields: ['module', 'main'],
  // Merely asking for the type of these wakes them; the SDK asks at load time, and DynamoDB bodies are neither.
  define: { ReadableStream: 'undefined', Blob: 'undefined' },
  plugins: [...trims],
};

/** CommonJS in an ESM bundle calls `require`, which ESM does not have. */
const UNTRIMMED: BuildOptions = {
  banner: {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  },
};

/**
 * Bundles the trigger into one ESM file.
 *
 * @param options.outfile - Where the bundle goes.
 * @param options.isTrimmed - False for the build that the trimmed one is compared with. @default true
 */
export async function buildTrigger(options: {
  readonly outfile: string;
  readonly isTrimmed?: boolean;
}): Promise<void> {
  const { outfile, isTrimmed = true } = options;
  await build({ ...OPTIONS, ...(isTrimmed ? TRIMMED : UNTRIMMED), outfile });
}
