import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { runM2m } from '../support/m2m.ts';
import { repositoryRoot } from '../support/repository.ts';
import { commandsIn } from './commands.ts';
import { brokenLinksIn } from './links.ts';

const docs = await readdir(join(repositoryRoot, 'docs'), { recursive: true });
const PAGES = [
  'README.md',
  ...docs.filter((name) => name.endsWith('.md')).map((name) => join('docs', name)),
];
const CDKTF_COMMANDS = ['synth', 'deploy', 'diff', 'destroy'];

let scripts: Record<string, string>;
let m2mHelp: string;
beforeAll(async () => {
  ({ scripts } = JSON.parse(await readFile(join(repositoryRoot, 'package.json'), 'utf8')));
  m2mHelp = (await runM2m(['--help'])).stdout;
}, 60_000);

/** True for a command that would run; a word such as `<command>` stands for any. */
function isKnown(script: string, [subcommand = '']: readonly string[]): boolean {
  // Not a script: pnpm runs the program of that name, and says nothing of its own if it ends with another code than 0.
  if (script !== 'm2m' && !Object.hasOwn(scripts, script)) return false;
  if (/^[<-]|^$/.test(subcommand)) return true;
  if (script === 'cdktf') return CDKTF_COMMANDS.includes(subcommand);
  return script !== 'm2m' || new RegExp(`^  ${subcommand}\\b`, 'm').test(m2mHelp);
}

describe.each(PAGES)('%s', (page) => {
  test('the page names only commands that there are', async () => {
    const commands = await commandsIn(page);

    const unknown = commands.filter(({ script, args }) => !isKnown(script, args));

    expect(unknown.map(({ text }) => text)).toEqual([]);
  });

  test('the page links only to files and headings that exist', async () => {
    expect(await brokenLinksIn(page)).toEqual([]);
  });
});

test('the README names only environments, pools and clients that are declared', async () => {
  const directory = join(repositoryRoot, 'infra', 'environments');
  const tokens = JSON.parse(await readFile(join(directory, 'golden-tokens.json'), 'utf8'));
  const commands = await commandsIn('README.md');

  const unknown = commands.filter(({ script, args }) => {
    if (script === 'm2m') {
      const [, environment] = /--env (\S+)/.exec(args.join(' ')) ?? [];
      const [, pool, client] = args.filter((word) => /^[a-z]/.test(word));
      if (environment === undefined || environment.startsWith('<')) return false;
      if (!Object.hasOwn(tokens, environment)) return true;
      const isOfOneClient = args[0] === 'token' && !args.includes('--all');
      return isOfOneClient && tokens[environment][pool ?? '']?.[client ?? ''] === undefined;
    }
    if (!CDKTF_COMMANDS.includes(script)) return false;
    const [stack = ''] = args;
    return !Object.keys(tokens).some((name) => stack.replaceAll("'", '').startsWith(name));
  });

  expect(unknown.map(({ text }) => text)).toEqual([]);
});

test.each([
  ['a script', 'demos', []],
  ['a command of m2m', 'm2m', ['explode']],
  ['a command of CDKTF', 'cdktf', ['deply']],
])('%s that there is not would be found', (_, script, args) => {
  expect(isKnown(script, args)).toBe(false);
});
