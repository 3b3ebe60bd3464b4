import { chmod } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { buildTrigger } from './build/build-trigger.ts';

// With `--fixtures`, what the product's tests run: the same code with the contract of the fixtures.
const hasFixtures = process.argv.includes('--fixtures');
const folder = hasFixtures ? 'dist-fixtures' : 'dist';
const outfile = fileURLToPath(new URL(`${folder}/index.mjs`, import.meta.url));
const files = await buildTrigger({ outfile, hasFixtures });
// The mode of a file goes into the zip that is deployed, and must not depend on the builder's umask.
await Promise.all(files.map((file) => chmod(file, 0o644)));
