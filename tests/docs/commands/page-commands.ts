import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { listFiles } from '../../house/source-tree.ts';
import { repositoryRoot } from '../../support/repository.ts';

/** A shell command that a page prints. */
export interface PageCommand {
  readonly page: string;
  /** Counted from 1. */
  readonly line: number;
  /** Without prompt and comment; a command of several lines keeps them. */
  readonly text: string;
  /** In a block, and not in a sentence. */
  readonly isInBlock: boolean;
  /** True in a block that says so: `# AWS only`. */
  readonly isAwsOnly: boolean;
  /** True in a block that says so: `# minutes`. A test runs a short form of it. */
  readonly takesMinutes: boolean;
}

/** Languages of blocks that hold commands. */
const SHELLS = ['sh', 'bash', 'console'];
const FENCE = /^( *)```(\w*)\n([\s\S]*?)^\1```/gm;
/** What a command line begins with; variables may stand before it. */
const PROGRAM =
  /^(?:[A-Z][A-Z0-9_]*=\S+ +)*(?:npx|pnpm|npm|m2m|aws|terraform|git|curl|docker|local-cognito|node|sam|cd) +\S/;
/** From a `#` with space around it to the end, outside of quotes. */
const COMMENT = /^((?:[^'"#]|'[^']*'|"(?:\\.|[^"\\])*"|(?<=\S)#)*?)(?:^|\s+)#\s.*$/;
const AWS_ONLY = /^\s*# AWS only$/m;
const MINUTES = /^\s*# minutes$/m;

const IN_SENTENCE = { isInBlock: false, isAwsOnly: false, takesMinutes: false };

/** Lists the pages of the documentation. A decision record names commands as they were; nobody types them. */
export function listPages(): Promise<string[]> {
  return listFiles('README.md', 'docs/*.md', ':!docs/decisions');
}

/** Reads the commands of all pages, in blocks, in steps of a pipeline and in sentences. */
export async function readPageCommands(): Promise<PageCommand[]> {
  const pages = await listPages();
  const found = pages.map(async (page) =>
    commandsIn(page, await readFile(join(repositoryRoot, page), 'utf8')),
  );
  return (await Promise.all(found)).flat();
}

/** Finds the commands of one page, in its order. */
export function commandsIn(page: string, text: string): PageCommand[] {
  const blocks = [...text.matchAll(FENCE)].flatMap(({ index, 2: language = '', 3: body = '' }) => {
    const first = lineAt(text, index) + 1;
    const marks = { isAwsOnly: AWS_ONLY.test(body), takesMinutes: MINUTES.test(body) };
    const commands = SHELLS.includes(language)
      ? commandsInShell(body)
      : language === 'yaml'
        ? stepsOf(body)
        : [];
    return commands.map(({ line, text: command }) => ({
      page,
      line: first + line,
      text: command,
      isInBlock: true,
      ...marks,
    }));
  });
  const prose = text.replace(FENCE, (block) => block.replaceAll(/[^\n]/g, ' '));
  const inline = [...prose.matchAll(/`([^`\n]+)`/g)]
    .map(({ index, 1: command = '' }) => ({ line: lineAt(text, index), text: command }))
    .filter((command) => PROGRAM.test(command.text))
    .map((command) => ({ page, ...command, ...IN_SENTENCE }));
  return [...blocks, ...inline].sort((first, second) => first.line - second.line);
}

/** Finds blocks of commands that are not marked as such, so that nobody would try them. */
export function unmarkedBlocksIn(text: string): string[] {
  return [...text.matchAll(FENCE)]
    .filter(({ 2: language = '' }) => language === '' || language === 'text')
    .map(({ 3: body = '' }) => body.trim().split('\n')[0] ?? '')
    .filter((line) => PROGRAM.test(line.replace(/^\$ /, '')) && !/\[[^\]]*--/.test(line));
}

interface Line {
  /** Counted from 0. */
  readonly line: number;
  readonly text: string;
}

function commandsInShell(body: string): Line[] {
  const commands: Line[] = [];
  let open: { line: number; lines: string[] } | undefined;
  for (const [line, raw] of body.split('\n').entries()) {
    const text = raw.replace(COMMENT, '$1').trim().replace(/^\$ /, '');
    if (open === undefined && text === '') continue;
    open ??= { line, lines: [] };
    open.lines.push(text);
    const command = open.lines.join('\n');
    if (isUnfinished(command)) continue;
    commands.push({ line: open.line, text: command });
    open = undefined;
  }
  return commands;
}

/** True if the shell would wait for another line. */
function isUnfinished(command: string): boolean {
  const count = (word: RegExp) => command.match(word)?.length ?? 0;
  const unquoted = command.replaceAll(/'[^']*'|"(?:\\[\s\S]|[^"\\])*"/g, '');
  if (/['"]/.test(unquoted)) return true;
  return /(?:\\|\||&&)$/.test(command) || count(/\bdo\b/g) > count(/\bdone\b/g);
}

/** The `run:` lines of a GitHub workflow. */
function stepsOf(body: string): Line[] {
  return body.split('\n').flatMap((text, line) => {
    const [, command] = /^ *- run: (.+)$/.exec(text) ?? [];
    return command === undefined ? [] : [{ line, text: command }];
  });
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}
