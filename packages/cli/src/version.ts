import { readFileSync } from 'node:fs';

const MANIFEST = new URL('../package.json', import.meta.url);

/** The version of `m2m`, out of the package's manifest. */
export const VERSION: string = JSON.parse(readFileSync(MANIFEST, 'utf8')).version;
