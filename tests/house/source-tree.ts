import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join, normalize } from 'node:path';
import { promisify } from 'node:util';
import { parse } from '@swc/core';
import { repositoryRoot } from '../support/repository.ts';

/** A node of swc's syntax tree, read without its types: the walk needs only `type`, `span` and the children. */
export interface SyntaxNode {
  readonly type?: string;
  readonly span?: { readonly start: number; readonly end: number };
  readonly [member: string]: unknown;
}

/** One TypeScript file of the repository. */
export interface SourceFile {
  /** Path relative to the repository root. */
  readonly path: string;
  readonly text: string;
  /** The statements of the file. */
  readonly body: readonly SyntaxNode[];
  /** The line a node starts on and the line it ends on, counted from 1. */
  linesOf(node: SyntaxNode): { readonly first: number; readonly last: number };
}

/** One module specifier in one source file. */
export interface ImportedModule {
  /** The importing file, relative to the repository root. */
  readonly file: string;
  /** The specifier as written; a relative one resolved to a path from the root. */
  readonly target: string;
}

/** Lists the tracked and the new files that match a git path pattern, relative to the repository root. */
export async function listFiles(...patterns: readonly string[]): Promise<string[]> {
  const { stdout } = await promisify(execFile)(
    'git',
    ['ls-files', '--cached', '--others', '--exclude-standard', '--deduplicate', ...patterns],
    { cwd: repositoryRoot, maxBuffer: 2 ** 24 },
  );
  return stdout.split('\n').filter((file) => file !== '');
}

/** Parses every TypeScript file of the repository. */
export async function readSourceFiles(): Promise<SourceFile[]> {
  const files: SourceFile[] = [];
  // One after the other: swc numbers the characters of all files in one sequence.
  for (const path of await listFiles('*.ts')) {
    const text = await readFile(join(repositoryRoot, path), 'utf8').catch(() => undefined);
    if (text !== undefined) files.push(await parseSource(path, text));
  }
  return files;
}

/** Parses one TypeScript file. */
export async function parseSource(path: string, text: string): Promise<SourceFile> {
  // A statement before the first comment: its start is the file's first byte in swc's numbering.
  const { body } = await parse(`;${text}`, { syntax: 'typescript', target: 'es2023' });
  const [marker, ...statements] = body as unknown as readonly SyntaxNode[];
  const base = (marker?.span?.start ?? 1) + 1;
  const bytes = Buffer.from(text);
  const lineAt = (position: number) =>
    bytes
      .subarray(0, position - base)
      .toString()
      .split('\n').length;
  return {
    path,
    text,
    body: statements,
    linesOf: ({ span }) => ({
      first: lineAt(span?.start ?? base),
      last: lineAt(span?.end ?? base),
    }),
  };
}

/** Visits every node of a tree, parents first. */
export function walk(node: unknown, visit: (node: SyntaxNode) => void): void {
  if (typeof node !== 'object' || node === null) return;
  if (Array.isArray(node)) {
    for (const child of node) walk(child, visit);
    return;
  }
  const record = node as SyntaxNode;
  if (typeof record.type === 'string') visit(record);
  for (const child of Object.values(record)) walk(child, visit);
}

/** Lists the imports of files, type imports and dynamic imports with a literal name included. */
export function importsOf(files: readonly SourceFile[]): ImportedModule[] {
  return files.flatMap(({ path, body }) => {
    const targets: string[] = [];
    walk(body, (node) => targets.push(...specifierOf(node)));
    return targets.map((specifier) => ({ file: path, target: resolveFrom(path, specifier) }));
  });
}

/** A relative specifier as a path from the repository root; any other as it is. */
export function resolveFrom(file: string, specifier: string): string {
  return specifier.startsWith('.') ? normalize(join(dirname(file), specifier)) : specifier;
}

/** True for a file that tests something or supports tests; false for a file of the product. */
export function isTestFile(path: string): boolean {
  return (
    path.startsWith('tests/') ||
    /(?:^|\/)(?:test|testing|fixtures?)\//.test(path) ||
    /\.(?:test|fixture)\.ts$|^(?:testing|fixtures?)\.ts$/.test(basename(path))
  );
}

function specifierOf(node: SyntaxNode): string[] {
  if (/^(?:Import|ExportNamed|ExportAll)Declaration$/.test(node.type ?? '')) {
    return stringValue(node['source']);
  }
  const callee = node['callee'] as SyntaxNode | undefined;
  if (node.type !== 'CallExpression' || callee?.type !== 'Import') return [];
  const [first] = node['arguments'] as { expression: unknown }[];
  return stringValue(first?.expression);
}

/** The value of a string literal, or nothing. */
export function stringValue(node: unknown): string[] {
  const literal = node as { type?: string; value?: string } | null;
  return literal?.type === 'StringLiteral' && literal.value !== undefined ? [literal.value] : [];
}
