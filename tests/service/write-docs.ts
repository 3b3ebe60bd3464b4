import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repositoryRoot } from '../support/repository.ts';
import { PAGES, renderPage } from './generated-blocks.ts';

// npx tsx tests/service/write-docs.ts
for (const [page] of PAGES) {
  const file = join(repositoryRoot, page);
  await writeFile(file, await renderPage(await readFile(file, 'utf8')));
}
