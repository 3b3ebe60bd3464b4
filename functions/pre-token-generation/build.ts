import { chmod } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { buildTrigger } from './build/build-trigger.ts';

const outfile = fileURLToPath(new URL('dist/index.mjs', import.meta.url));
await buildTrigger({ outfile });
// The file's mode goes into the zip that is deployed, and must not depend on the builder's umask.
await chmod(outfile, 0o644);
