import { chmod } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));

await build({
  entryPoints: [path('src/handler.ts')],
  outfile: path('dist/index.mjs'),
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  logLevel: 'warning',
});
// The file's mode goes into the zip that is deployed, and must not depend on the builder's umask.
await chmod(path('dist/index.mjs'), 0o644);
