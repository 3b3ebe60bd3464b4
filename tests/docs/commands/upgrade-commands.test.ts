import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { repositoryRoot } from '../../support/repository.ts';
import { type PageCommand, readPageCommands } from './page-commands.ts';
import { placeOf } from './places.ts';

const execute = promisify(execFile);

/** A repository with two versions, of which a team has adopted the first. */
const FIRST = {
  'package.json': '{ "name": "cognito-m2m-claims" }\n',
  'packages/claim-schema/package.json': '{ "name": "@cognito-m2m/claim-schema" }\n',
  '.gitattributes': 'README.md merge=ours\n',
  'README.md': 'one\n',
  'product.ts': "import '@cognito-m2m/claim-schema'; // one\n",
};
const SECOND = {
  'README.md': 'two\n',
  'product.ts': "import '@cognito-m2m/claim-schema'; // two\n",
};

/** The scripts of the repository, which `npx -y pnpm@12` runs. */
const SCRIPTS = { 'product:upgrade': 'bin/upgrade.mjs', 'rename-scope': 'bin/rename-scope.mjs' };

const commands = (await readPageCommands()).filter(
  (command) => placeOf(command)?.kind === 'upgrade',
);

// One life, in the order of the page: adopt, take a version, rename, take a version under that name.
describe('the commands of the pages about adopting and upgrading', () => {
  let folder: string;
  let clone: string;
  let env: NodeJS.ProcessEnv;
  const ran = new Set<string>();

  beforeAll(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'm2m-adopt-')));
    clone = join(folder, 'cognito-m2m-claims');
    env = { ...(await variables(folder)), ...IDENTITY };
    await git('init', '--quiet', '--initial-branch', 'main', 'product');
    await commit(FIRST);
    await git('-C', 'product', 'tag', 'v1.1.0');
    await commit(SECOND);
    await git('-C', 'product', 'tag', 'v1.2.0');
    await git('-C', 'product', 'reset', '--quiet', '--hard', 'v1.1.0');
  });
  afterAll(() => rm(folder, { recursive: true }));

  const git = (...args: string[]) => execute('git', args, { cwd: folder, env });
  async function commit(files: Readonly<Record<string, string>>): Promise<void> {
    for (const [name, text] of Object.entries(files)) {
      const file = join(folder, 'product', name);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
    }
    await git('-C', 'product', 'add', '--all');
    await git('-C', 'product', 'commit', '--quiet', '--message', 'a version');
  }

  /** Runs a command as printed; the page leaves the addresses of the two repositories to the reader. */
  async function run(text: string, cwd = clone): Promise<string> {
    const command = text
      .replace('<product repository>', join(folder, 'product'))
      .replace('<your repository>', join(folder, 'ours'));
    const { stdout } = await execute('bash', ['-c', command], { cwd, env });
    return stdout.trim();
  }
  /** Runs the commands of the page between two of its lines. */
  async function runFrom(first: string, last: string): Promise<void> {
    const texts = commands.filter(({ page }) => page === 'docs/upgrade.md').map(textOf);
    const start = texts.findIndex((text) => text.startsWith(first));
    const end = texts.findIndex((text, index) => index >= start && text.startsWith(last));
    expect([start, end]).not.toContain(-1);
    for (const text of texts.slice(start, end + 1)) {
      ran.add(text);
      await run(text, text.startsWith('git clone') ? folder : clone);
    }
  }
  const textOf = ({ text }: PageCommand) => text;

  test('a clone knows the product as a remote, the own repository and the merge driver', async () => {
    await runFrom('git clone', 'git config');

    expect((await run('git remote')).split('\n')).toEqual(['origin', 'product']);
    expect(await run('git config merge.ours.driver')).toBe('true');
  });

  test('the next version comes with the product and leaves the README of the team', async () => {
    await writeFile(join(clone, 'README.md'), 'ours of @cognito-m2m/x\n');
    await run('git commit --quiet --all --message "our README"');

    await runFrom('git fetch', 'npx -y pnpm@12 product:upgrade v1.2.0');

    expect(await run('cat README.md product.ts')).toBe(
      `ours of @cognito-m2m/x\n${SECOND['product.ts'].trim()}`,
    );
  });

  test('a fork with a scope of its own takes the next version from a branch that has it too', async () => {
    await run('git reset --quiet --hard HEAD~1');

    await runFrom('git switch -c product-renamed', 'git commit --all --message "chore: our files');
    await runFrom('git switch product-renamed', 'npx -y pnpm@12 product:upgrade product-renamed');

    const upgraded = SECOND['product.ts'].trim().replace('@cognito-m2m', '@acme');
    expect(await run('cat README.md product.ts')).toBe(`ours of @acme/x\n${upgraded}`);
  });

  test('every command about adopting and upgrading was run', () => {
    expect(commands.map(textOf).filter((text) => !ran.has(text))).toEqual([]);
  });
});

const IDENTITY = {
  GIT_AUTHOR_NAME: 'Team',
  GIT_AUTHOR_EMAIL: 'team@example.com',
  GIT_COMMITTER_NAME: 'Team',
  GIT_COMMITTER_EMAIL: 'team@example.com',
};

/** `npx` runs the scripts of this repository, and `pnpm`, which they call to install and to format, has nothing to do. */
async function variables(folder: string): Promise<NodeJS.ProcessEnv> {
  const programs = join(folder, 'programs');
  await mkdir(programs);
  const cases = Object.entries(SCRIPTS).map(
    ([name, file]) =>
      `"-y pnpm@12 ${name}") shift 3; exec "${process.execPath}" "${join(repositoryRoot, file)}" "$@";;`,
  );
  const npx = `#!/bin/sh\ncase "$1 $2 $3" in\n${cases.join('\n')}\nesac\nexit 97\n`;
  await writeFile(join(programs, 'npx'), npx, { mode: 0o755 });
  await writeFile(join(programs, 'pnpm'), '#!/bin/sh\n', { mode: 0o755 });
  return { ...process.env, PATH: [programs, process.env['PATH']].join(delimiter) };
}
