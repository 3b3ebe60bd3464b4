import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repositoryRoot } from '../support/repository.ts';
import { REFERENCE_FILE, renderReference } from './reference.ts';

await writeFile(join(repositoryRoot, REFERENCE_FILE), await renderReference());
console.log(`Wrote ${REFERENCE_FILE}.`);
