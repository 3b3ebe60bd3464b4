import { chmod } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const outfile = path('dist/index.mjs');
await build({
  entryPoints: [path('src/handler.ts')],
  outfile,
  bundle: true,
  format: 'esm',
  platform: 'node',
  // The oldest Node.js that runs the bundle.
  target: 'node20',
  minify: true,
  legalComments: 'none',
  logLevel: 'warning',
  // CommonJS in an ESM bundle calls `require`, which ESM does not have.
  banner: {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  },
});
// The file's mode goes into the zip that is deployed, and must not depend on the builder's umask.
await chmod(outfile, 0o644);
