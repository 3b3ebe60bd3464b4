import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repositoryRoot } from '../support/repository.ts';

/** A script of the repository as a page calls it. */
export interface MentionedCommand {
  /** As it stands in the page. */
  readonly text: string;
  readonly script: string;
  readonly args: readonly string[];
}

/** Lists every command of the repository in a Markdown file, in blocks and in sentences. */
export async function commandsIn(page: string): Promise<MentionedCommand[]> {
  const text = await readFile(join(repositoryRoot, page), 'utf8');
  return [...text.matchAll(/npx -y pnpm@12 ([^`\n#]+)/g)].map(([whole, words = '']) => {
    const [script = '', ...args] = words
      .replace(/^(?:run|--dir \S+) /, '')
      .trim()
      .split(/\s+/);
    return { text: whole.trim(), script, args };
  });
}
