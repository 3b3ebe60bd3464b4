import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repositoryRoot } from '../support/repository.ts';
import { renderJsonTypes } from './json-types.ts';

/** The generated page, relative to the root of the repository. */
export const REFERENCE_FILE = 'docs/reference.md';

/** A documented member of an interface. */
interface Member {
  readonly name: string;
  readonly type: string;
  readonly isOptional: boolean;
  readonly text: string;
}

const ENVIRONMENT = 'packages/environment/src/environment.ts';
const CONTRACT = 'packages/claim-schema/src/contract-definition.ts';

/** The interfaces that a team writes and reads, in the order of the page. */
const SECTIONS: readonly { title: string; file: string; interfaces: readonly string[] }[] = [
  {
    title: 'The environment file',
    file: ENVIRONMENT,
    interfaces: [
      'EnvironmentInput',
      'TriggerInput',
      'WatchInput',
      'PoolInput',
      'ResourceServer',
      'ClientInput',
      'SelectorInput',
      'TokenIssuerInput',
      'TokenSelectorInput',
    ],
  },
  {
    title: 'The claim contract',
    file: CONTRACT,
    interfaces: ['ClaimDefinition', 'ValueRules', 'MemberDefinition'],
  },
  {
    title: 'The verifier',
    file: 'packages/verifier/src/verifier-options.ts',
    interfaces: ['PoolOptions', 'TokenChecks', 'BoundVerifierOptions'],
  },
  {
    title: 'What a verifier returns',
    file: 'packages/verifier/src/verified-token.ts',
    interfaces: ['VerifiedToken'],
  },
  {
    title: 'The token client',
    file: 'packages/token-client/src/token-client-options.ts',
    interfaces: ['TokenClientOptions'],
  },
];

/** Writes the page from the docstrings of the types and from the help of the commands. */
export async function renderReference(): Promise<string> {
  const parts: string[] = [];
  for (const { title, file, interfaces } of SECTIONS) {
    const source = await readFile(join(repositoryRoot, file), 'utf8');
    parts.push(`## ${title}`, '', `From [\`${file}\`](../${file}).`, '');
    for (const name of interfaces) parts.push(...renderInterface(source, name), '');
  }
  parts.push('## Commands', '', ...renderCommands(await readHelp()));
  parts.push('## Output of the commands with --json', '', ...(await renderJsonTypes()));
  const text = parts.join('\n').trimEnd();
  return `${[INTRODUCTION, ...renderContents(text), '', text].join('\n')}\n`;
}

const INTRODUCTION = `# Reference

Written from the types and the commands by \`node --import tsx tests/docs/write-reference.ts\`; a test compares.
`;

/** A line for each section, with a link to each of its entries. */
function renderContents(text: string): string[] {
  return text.split(/^## /m).flatMap((section) => {
    const [title = ''] = section.split('\n');
    const entries = [...section.matchAll(/^### (.+)$/gm)].map(([, entry = '']) => linkTo(entry));
    return title === '' ? [] : [`- ${linkTo(title)}: ${entries.join(' · ')}`];
  });
}

/** A link to a heading of the page, as GitHub calls it. */
function linkTo(heading: string): string {
  const anchor = heading
    .toLowerCase()
    .replaceAll(/[^\w\s-]/g, '')
    .replaceAll(' ', '-');
  return `[${heading.replace(/^m2m | --json$/, '')}](#${anchor})`;
}

function renderInterface(source: string, name: string): string[] {
  const { text, body } = findInterface(source, name);
  const rows = membersOf(body).map(({ name: member, type, isOptional, text: description }) => {
    const cells = [
      `\`${member}\``,
      isOptional ? '' : 'yes',
      `\`${cell(type)}\``,
      cell(description),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return [
    `### ${name}`,
    '',
    text,
    '',
    '| member | required | type | what it says |',
    '| --- | --- | --- | --- |',
    ...rows,
  ];
}

/** Finds an interface and the docstring above it. */
export function findInterface(source: string, name: string): { text: string; body: string } {
  const start = new RegExp(
    `(?:/\\*\\*((?:(?!\\*/)[\\s\\S])*)\\*/\\n)?(?:export )?interface ${name}\\b`,
  ).exec(source);
  if (start === null) throw new Error(`No interface ${name}.`);
  const open = source.indexOf('{\n', start.index + start[0].length);
  const close = source.indexOf('\n}', open);
  return { text: plain(start[1] ?? ''), body: source.slice(open + 2, close + 1) };
}

/** The members of an interface, at its first level of indentation. */
export function membersOf(body: string): Member[] {
  const members: Member[] = [];
  const pattern =
    /(?: {2}\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\n)? {2}readonly (\w+)(\?)?:([\s\S]*?);\n(?= {2}(?:\/\*\*|readonly)|$)/g;
  for (const [, text = '', name = '', optional, type = ''] of body.matchAll(pattern)) {
    members.push({
      name,
      isOptional: optional !== undefined,
      // A comment inside of a type has its own members to explain.
      type: type
        .replace(/\/\*\*[\s\S]*?\*\//g, '')
        .replace(/\s+/g, ' ')
        .trim(),
      text: plain(text),
    });
  }
  return members;
}

/** A docstring in one line; its tags as sentences. */
function plain(text: string): string {
  return text
    .replace(/^\s*\* ?/gm, ' ')
    .replace(/\s+/g, ' ')
    .replace(/ ?@default (.+?) ?(?= @|$)/, ' Default: $1.')
    .replace(/ ?@see (\S+)/, ' [Source]($1).')
    .replace(/\.\.$/, '.')
    .trim();
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

/** The help of each command, as its own test holds it. */
async function readHelp(): Promise<readonly (readonly [string, string])[]> {
  const file = join(repositoryRoot, 'packages/cli/src/__snapshots__/run.test.ts.snap');
  const text = await readFile(file, 'utf8');
  return [...text.matchAll(/^exports\[`help of (\S+) .*?`\] = `\n"([\s\S]*?)"\n`;/gm)].map(
    ([, name = '', help = '']) =>
      [name, help.replaceAll('\\\\', '\\').replaceAll('\\"', '"').replaceAll('\\`', '`')] as const,
  );
}

function renderCommands(help: readonly (readonly [string, string])[]): string[] {
  if (help.length === 0) throw new Error('No help of a command was found.');
  return help.flatMap(([name, text]) => [`### m2m ${name}`, '', '```text', text.trim(), '```', '']);
}
