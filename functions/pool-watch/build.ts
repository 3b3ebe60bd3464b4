import { chmod } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));

// With `--fixtures`, what the product's tests run: the canary with the contract of the fixtures. The watcher knows no contract.
const hasFixtures = process.argv.includes('--fixtures');
const folder = hasFixtures ? 'dist-fixtures' : 'dist';
const entries = hasFixtures
  ? { canary: 'canary-handler.ts' }
  : { watch: 'handler.ts', canary: 'canary-handler.ts' };

for (const [name, entry] of Object.entries(entries)) {
  const outfile = path(`${folder}/${name}/index.mjs`);
  await build({
    entryPoints: [path(`src/${entry}`)],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    // The oldest Node.js that runs the bundle.
    target: 'node20',
    minify: true,
    legalComments: 'none',
    logLevel: 'warning',
    conditions: hasFixtures ? ['module', 'm2m-fixtures'] : ['module'],
    // CommonJS in an ESM bundle calls `require`, which ESM does not have.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
  // The file's mode goes into the zip that is deployed, and must not depend on the builder's umask.
  await chmod(outfile, 0o644);
}
