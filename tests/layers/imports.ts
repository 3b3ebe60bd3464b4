import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { promisify } from 'node:util';
import { parse } from '@swc/core';
import { repositoryRoot } from '../repository.ts';

/** One module specifier in one source file. */
export interface ImportedModule {
  /** The importing file, relative to the repository's root. */
  readonly file: string;
  /** The specifier as written; a relative one resolved to a path from the root. */
  readonly target: string;
}

/** Lists every import of every TypeScript file in git, type imports and dynamic ones with a literal name included. */
export async function listImports(): Promise<ImportedModule[]> {
  const { stdout } = await promisify(execFile)(
    'git',
    ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts'],
    { cwd: repositoryRoot },
  );
  const files = stdout.split('\n').filter((file) => file !== '');
  return (await Promise.all(files.map(importsOf))).flat();
}

async function importsOf(file: string): Promise<ImportedModule[]> {
  const text = await readFile(join(repositoryRoot, file), 'utf8').catch(() => '');
  const program = await parse(text, { syntax: 'typescript', target: 'es2023' });
  return specifiersIn(program).map((specifier) => ({
    file,
    target: specifier.startsWith('.') ? normalize(join(dirname(file), specifier)) : specifier,
  }));
}

// Any node may hold an import() expression, so the whole tree is walked.
function specifiersIn(node: unknown): string[] {
  if (typeof node !== 'object' || node === null) return [];
  if (Array.isArray(node)) return node.flatMap(specifiersIn);
  const record = node as Record<string, unknown>;
  return [...ownSpecifier(record), ...Object.values(record).flatMap(specifiersIn)];
}

function ownSpecifier(node: Record<string, unknown>): string[] {
  const isStatic = /^(?:Import|ExportNamed|ExportAll)Declaration$/.test(String(node['type']));
  if (isStatic) return stringValue(node['source']);
  const callee = node['callee'] as { type?: string } | undefined;
  if (node['type'] !== 'CallExpression' || callee?.type !== 'Import') return [];
  const [first] = node['arguments'] as { expression: unknown }[];
  return stringValue(first?.expression);
}

function stringValue(node: unknown): string[] {
  const literal = node as { type?: string; value?: string } | null;
  return literal?.type === 'StringLiteral' && literal.value !== undefined ? [literal.value] : [];
}
