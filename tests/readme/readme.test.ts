import { access, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { repositoryRoot } from '../repository.ts';
import { scriptOf, shellCommandsIn } from './commands.ts';

const PAGES = ['README.md', 'CONTRIBUTING.md'];

describe.each(PAGES)('%s', (page) => {
  test('names only scripts that there are', async () => {
    const { scripts } = JSON.parse(await readFile(join(repositoryRoot, 'package.json'), 'utf8'));
    const commands = await shellCommandsIn(page);

    const unknown = commands.filter((command) => {
      const script = scriptOf(command);
      return script !== undefined && !Object.hasOwn(scripts, script.name);
    });

    expect(commands.length).toBeGreaterThan(0);
    expect(unknown).toEqual([]);
  });

  test('links only to files that there are', async () => {
    const text = await readFile(join(repositoryRoot, page), 'utf8');
    const targets = [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(
      ([, target = '']) => target,
    );

    const missing: string[] = [];
    for (const target of targets) {
      const path = join(repositoryRoot, dirname(page), target);
      await access(path).catch(() => missing.push(target));
    }

    expect(targets.length).toBeGreaterThan(0);
    expect(missing).toEqual([]);
  });
});
