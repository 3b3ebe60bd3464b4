import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { listFiles } from '../../house/source-tree.ts';
import { repositoryRoot } from '../../support/repository.ts';
import {
  commandsIn,
  listPages,
  type PageCommand,
  readPageCommands,
  unmarkedBlocksIn,
} from './page-commands.ts';
import { placeOf, ROWS } from './places.ts';

const PAGE = `Run \`m2m list --env dev\`, and then \`echo\`:

1. First

   \`\`\`sh
   $ aws dynamodb scan --output json |   # all of it
     while read -r item; do
       echo "# $item"
     done
   m2m token --all   # and this
   \`\`\`

\`\`\`sh
# AWS only
curl \\
  https://example.com/#top
\`\`\`

\`\`\`sh
# minutes
npx -y pnpm@12 soak
\`\`\`

\`\`\`yaml
      - run: npx -y pnpm@12 check || [ $? -eq 2 ]
\`\`\`
`;

const read = (file: string) => readFile(join(repositoryRoot, file), 'utf8');

describe('the commands of a page', () => {
  test('commands are found in sentences, blocks and steps of a pipeline, without prompts and comments', () => {
    expect(commandsIn('a.md', PAGE).map(({ line, text }) => [line, text])).toEqual([
      [1, 'm2m list --env dev'],
      [6, 'aws dynamodb scan --output json |\nwhile read -r item; do\necho "# $item"\ndone'],
      [10, 'm2m token --all'],
      [15, 'curl \\\nhttps://example.com/#top'],
      [21, 'npx -y pnpm@12 soak'],
      [25, 'npx -y pnpm@12 check || [ $? -eq 2 ]'],
    ]);
  });

  test('a block that says so is for AWS only', () => {
    const marked = commandsIn('a.md', PAGE).filter(({ isAwsOnly }) => isAwsOnly);

    expect(marked.map(({ text }) => text)).toEqual(['curl \\\nhttps://example.com/#top']);
  });

  test('a block that says so holds commands that take minutes', () => {
    const marked = commandsIn('a.md', PAGE).filter(({ takesMinutes }) => takesMinutes);

    expect(marked.map(({ text }) => text)).toEqual(['npx -y pnpm@12 soak']);
  });

  test('a block of commands without a language is found, and a synopsis is not one', () => {
    const block = (line: string) => `\`\`\`text\n${line}\n\`\`\`\n`;

    expect(unmarkedBlocksIn(block('npm install x') + block('m2m watch [--json]'))).toEqual([
      'npm install x',
    ]);
  });
});

describe('every command of the documentation', () => {
  let commands: readonly PageCommand[];
  beforeAll(async () => {
    commands = await readPageCommands();
  });

  test('every command is tried: from the page, by the suite that places.ts names, or its block says "# AWS only"', () => {
    const untried = commands
      .filter((command) => placeOf(command) === undefined)
      .map(({ page, line, text }) => `${page}:${line}: ${text}`);

    // A new command: let a suite run it and add a row to places.ts, or mark its block if it needs AWS.
    expect(untried).toEqual([]);
    expect(commands.length).toBeGreaterThan(150);
  });

  test('a command that another suite runs is run in these words by the suite that places.ts names', async () => {
    const rows = commands.flatMap((command) => {
      const place = placeOf(command);
      return place?.kind === 'suite' ? [place.row] : [];
    });

    const missing: string[] = [];
    for (const { command, suite, words } of new Set(rows)) {
      const source = await read(suite);
      for (const word of words) {
        if (!source.includes(word)) missing.push(`${suite} does not run ${command}: no ${word}`);
      }
    }

    expect(missing).toEqual([]);
  });

  test('every row of places.ts has a command on a page; otherwise it can go', () => {
    const unused = ROWS.filter((row) => !commands.some(({ text }) => row.command.test(text)));

    expect(unused.map(({ command }) => String(command))).toEqual([]);
  });

  test('a block of commands has the language sh', async () => {
    const pages = await listPages();
    const unmarked = await Promise.all(
      pages.map(async (page) =>
        unmarkedBlocksIn(await read(page)).map((line) => `${page}: ${line}`),
      ),
    );

    expect(unmarked.flat()).toEqual([]);
  });

  test('commands and options of m2m on the pages exist', async () => {
    const pages = await listFiles('docs/reference/commands/*.md');
    const reference = (await Promise.all(pages.map(read))).join('\n');
    const unknown = commands
      .filter(({ text }) => /(?:^|pnpm@12 )m2m [a-z]/.test(text))
      .filter(({ text }) => {
        const [, name = ''] = /m2m ([a-z]+)/.exec(text) ?? [];
        const [, help] = reference.split(`<!-- begin: help ${name} -->`);
        const options = text.match(/(?<= )--[a-z-]+/g) ?? [];
        if (help === undefined) return true;
        const known = `${help.split('<!-- end: ')[0]}--help --version`;
        return options.some((option) => !known.includes(option));
      });

    expect(unknown.map(({ page, line, text }) => `${page}:${line}: ${text}`)).toEqual([]);
  });
});
