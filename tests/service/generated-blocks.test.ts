import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { repositoryRoot } from '../support/repository.ts';
import { PAGES, renderPage } from './generated-blocks.ts';

describe.each(PAGES)('%s', (page, blocks) => {
  test('the page holds the code and the table as they are; if not, run: npx tsx tests/service/write-docs.ts', async () => {
    const text = await readFile(join(repositoryRoot, page), 'utf8');

    expect(blocks.filter((name) => !text.includes(`<!-- begin: ${name} -->`))).toEqual([]);
    expect(text).toBe(await renderPage(text));
  });
});
