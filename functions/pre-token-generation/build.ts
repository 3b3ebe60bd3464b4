import { chmod } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { buildTrigger } from './build/build-trigger.ts';

const outfile = fileURLToPath(new URL('dist/index.mjs', import.meta.url));
const files = await buildTrigger({ outfile });
// The mode of a file goes into the zip that is deployed, and must not depend on the builder's umask.
await Promise.all(files.map((file) => chmod(file, 0o644)));
