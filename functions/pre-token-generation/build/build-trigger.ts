import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { trims } from './trims/trims.ts';
import { untouchedBuiltIns } from './trims/untouched-built-ins.ts';

const fromSource = (path: string) => fileURLToPath(new URL(`../src/${path}`, import.meta.url));

/** The files next to the bundle, each with its only entry: one verifies users' tokens, one hands users' events on. */
const CHUNKS = {
  'verified-token.mjs': 'verified-token/token-checks.ts',
  'user-trigger.mjs': 'user-trigger/forward-event.ts',
} as const;

/**
 * Leaves what is imported at run time in its own file, which is built separately.
 *
 * esbuild's splitting would move what both share into a third file: another read in every cold start, also where no user's
 * token is ever verified.
 */
const separateChunk: Plugin = {
  name: 'separate-chunk',
  setup({ onResolve }) {
    for (const [name, entry] of Object.entries(CHUNKS)) {
      onResolve({ filter: new RegExp(`^\\./${entry.replace('.', '\\.')}$`) }, ({ kind }) =>
        kind === 'dynamic-import' ? { path: `./${name}`, external: true } : undefined,
      );
    }
  },
};

/** What makes the trigger's bundle, trims apart. */
const OPTIONS: BuildOptions = {
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
  plugins: [separateChunk, ...trims],
};

/** CommonJS in an ESM bundle calls `require`, which ESM does not have. */
const UNTRIMMED: BuildOptions = {
  plugins: [separateChunk],
  banner: {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  },
};

/**
 * Bundles the trigger into one ESM file, and what only some environments load into others next to it.
 *
 * @param options.outfile - Where the bundle goes.
 * @param options.hasFixtures - True for a bundle with the contract of the product's tests. @default false
 * @param options.isTrimmed - False for the build that the trimmed one is compared with. @default true
 * @returns The files.
 */
export async function buildTrigger(options: {
  readonly outfile: string;
  readonly hasFixtures?: boolean;
  readonly isTrimmed?: boolean;
}): Promise<readonly string[]> {
  const { outfile, hasFixtures = false, isTrimmed = true } = options;
  const fileOf = (name: string) => join(dirname(outfile), name);
  await Promise.all([
    build({
      ...OPTIONS,
      ...(isTrimmed ? TRIMMED : UNTRIMMED),
      conditions: hasFixtures ? ['module', 'm2m-fixtures'] : ['module'],
      entryPoints: [fromSource('handler.ts')],
      outfile,
    }),
    ...Object.entries(CHUNKS).map(([name, entry]) =>
      build({
        ...OPTIONS,
        mainFields: ['module', 'main'],
        entryPoints: [fromSource(entry)],
        plugins: [untouchedBuiltIns],
        outfile: fileOf(name),
      }),
    ),
  ]);
  return [outfile, ...Object.keys(CHUNKS).map(fileOf)];
}
