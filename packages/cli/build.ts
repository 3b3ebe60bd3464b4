import { createHash } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { build, type Plugin } from 'esbuild';

// With `--fixtures`, what the product's tests run: the same code with the contract of the fixtures.
const hasFixtures = process.argv.includes('--fixtures');
const HERE = import.meta.dirname;
const DIST = join(HERE, hasFixtures ? 'dist-fixtures' : 'dist');

/** zod's messages in forty languages, of which none is shown. */
const withoutLocales: Plugin = {
  name: 'without-locales',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\/locales\/index\.js$/ }, ({ path }) => ({ path, namespace: 'locales' }));
    onLoad({ filter: /.*/, namespace: 'locales' }, () => ({ contents: 'export {};' }));
  },
};

/** CDKTF is too large for a bundle, and one command needs it: that loads it as it is, through tsx. */
const adoptionFromSource: Plugin = {
  name: 'adoption-from-source',
  setup({ onResolve, onLoad }) {
    const namespace = 'from-source';
    onResolve({ filter: /^@cognito-m2m\/infra\/adoption$/ }, (args) =>
      args.namespace === namespace
        ? { path: args.path, external: true }
        : { path: args.path, namespace },
    );
    onLoad({ filter: /.*/, namespace }, ({ path }) => ({
      contents: `
        import { register } from 'tsx/esm/api';
        register();
        export const { adoptPool } = await import('${path}');`,
      resolveDir: HERE,
    }));
  },
};

await rm(DIST, { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: HERE,
  // A chunk for each command, and for what several need.
  entryPoints: ['src/m2m.ts'],
  outdir: DIST,
  outExtension: { '.js': '.mjs' },
  splitting: true,
  bundle: true,
  format: 'esm',
  platform: 'node',
  // The oldest Node.js that runs it.
  target: 'node20',
  // For Node.js, esbuild prefers `main`: the SDK's CommonJS, which cannot be shaken.
  mainFields: ['module', 'main'],
  conditions: hasFixtures ? ['module', 'm2m-fixtures'] : ['module'],
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
  external: ['@biomejs/biome', 'esbuild', 'proxy-agent', 'tsx', 'undici'],
  plugins: [withoutLocales, adoptionFromSource],
  banner: {
    // CommonJS in an ESM bundle calls `require`, which ESM does not have.
    js: "import { createRequire as createBundleRequire } from 'node:module'; const require = createBundleRequire(import.meta.url);",
  },
});
await writeFile(join(DIST, 'sources.json'), JSON.stringify(await listSources()));

/** Every source of the bundle with its hash: `bin/m2m.mjs` runs the bundle only while none has changed. */
async function listSources(): Promise<Record<string, string>> {
  const files = Object.keys(metafile.inputs).filter(
    (path) => !path.includes('node_modules/') && !path.includes(':'),
  );
  const hash = async (path: string) =>
    createHash('sha256')
      .update(await readFile(join(HERE, path)))
      .digest('hex')
      .slice(0, 16);
  const paths = [...files, 'build.ts', relative(HERE, join(HERE, '../../pnpm-lock.yaml'))];
  return Object.fromEntries(
    await Promise.all(paths.sort().map(async (path) => [path, await hash(path)] as const)),
  );
}
