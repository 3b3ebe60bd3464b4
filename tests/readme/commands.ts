import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repositoryRoot } from '../repository.ts';

/** How the README calls a script of the repository. */
const PNPM = 'npx -y pnpm@12 ';

/** Lists every command in the shell blocks of a Markdown file: comments off, continued lines joined. */
export async function shellCommandsIn(file: string): Promise<string[]> {
  const text = await readFile(join(repositoryRoot, file), 'utf8');
  const blocks = [...text.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, body = '']) => body);
  return blocks
    .flatMap((block) => block.replaceAll(/\\\n\s*/g, '').split('\n'))
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter((line) => line !== '');
}

/** The script that a command runs, and its arguments; `undefined` for a command that is none of ours. */
export function scriptOf(command: string): { name: string; args: string[] } | undefined {
  if (!command.startsWith(PNPM)) return undefined;
  const [name = '', ...args] = command.slice(PNPM.length).replace(/^run /, '').split(/\s+/);
  return { name, args };
}
