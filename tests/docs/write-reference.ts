import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repositoryRoot } from '../support/repository.ts';
import { FIDELITY_FILE, renderFidelity } from './fidelity.ts';
import { REFERENCE_FOLDER, renderReference } from './reference.ts';

for (const [file, text] of await renderReference()) {
  await writeFile(join(repositoryRoot, file), text);
}
await writeFile(join(repositoryRoot, FIDELITY_FILE), await renderFidelity());
console.log(
  `Wrote the pages in ${REFERENCE_FOLDER} and the table of settings in ${FIDELITY_FILE}.`,
);
