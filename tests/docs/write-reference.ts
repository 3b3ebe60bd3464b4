import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repositoryRoot } from '../support/repository.ts';
import { FIDELITY_FILE, renderFidelity } from './fidelity.ts';
import { REFERENCE_FILE, renderReference } from './reference.ts';

await writeFile(join(repositoryRoot, REFERENCE_FILE), await renderReference());
await writeFile(join(repositoryRoot, FIDELITY_FILE), await renderFidelity());
console.log(`Wrote ${REFERENCE_FILE} and the table of settings in ${FIDELITY_FILE}.`);
