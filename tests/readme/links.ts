import { access, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { repositoryRoot } from '../support/repository.ts';

/** Lists the links of a Markdown file that lead nowhere: no such file, or no such heading in it. */
export async function brokenLinksIn(page: string): Promise<string[]> {
  const text = await readFile(join(repositoryRoot, page), 'utf8');
  const targets = [...text.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map(
    ([, target = '']) => target,
  );
  const leads = await Promise.all(targets.map((target) => isThere(page, target)));
  return targets.filter((_, index) => !leads[index]);
}

async function isThere(page: string, target: string): Promise<boolean> {
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? page : join(dirname(page), path);
  const exists = await access(join(repositoryRoot, file)).then(
    () => true,
    () => false,
  );
  if (!exists || anchor === undefined) return exists;
  const text = await readFile(join(repositoryRoot, file), 'utf8');
  return [...text.matchAll(/^#+ (.+)$/gm)].some(([, heading = '']) => toAnchor(heading) === anchor);
}

/** As GitHub makes them. */
function toAnchor(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');
}
