import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repositoryRoot } from '../support/repository.ts';

const PAGE = join(repositoryRoot, 'docs/on-behalf-of.md');

/**
 * Puts a table into its block of the guide; with `M2M_UPDATE_DOCS=1`, into the file.
 *
 * @returns The page as it is, and as it should be.
 */
export async function checkBlock(
  name: string,
  content: string,
): Promise<{ readonly page: string; readonly expected: string }> {
  const block = new RegExp(`(<!-- begin: ${name} -->\n)[\\s\\S]*?(<!-- end: ${name} -->)`);
  const before = await readFile(PAGE, 'utf8');
  const expected = before.replace(block, (_, begin, end) => `${begin}\n${content}\n\n${end}`);
  if (process.env['M2M_UPDATE_DOCS'] === '1') await writeFile(PAGE, expected);
  return { page: await readFile(PAGE, 'utf8'), expected };
}
