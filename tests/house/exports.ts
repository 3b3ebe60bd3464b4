import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repositoryRoot } from '../support/repository.ts';
import {
  listFiles,
  resolveFrom,
  type SourceFile,
  type SyntaxNode,
  stringValue,
  walk,
} from './source-tree.ts';

/** Who imports what: the answer to "how many files use this export". */
export interface ExportUse {
  /** Files that import each export, by `file#name`; an export that nobody imports has none. */
  readonly importersOfExport: ReadonlyMap<string, ReadonlySet<string>>;
  /** Files that import anything from a file, by file; re-exports count for the file that declares. */
  readonly importersOfFile: ReadonlyMap<string, ReadonlySet<string>>;
  /** Files that a package.json names as an export or as a command. */
  readonly packageEntries: ReadonlySet<string>;
}

/** Follows every import of `files` to the file that declares the name, through packages and re-exports. */
export async function findExportUse(files: readonly SourceFile[]): Promise<ExportUse> {
  const entries = await readPackageEntries();
  const byPath = new Map(files.map((file) => [file.path, readModule(file, entries)]));
  const importersOfExport = new Map<string, Set<string>>();
  const importersOfFile = new Map<string, Set<string>>();
  for (const [path, module] of byPath) {
    importersOfFile.set(path, importersOfFile.get(path) ?? new Set());
    for (const name of module.declared) importersOfExport.set(`${path}#${name}`, new Set());
  }
  const origin = (path: string, name: string): readonly [string, string] | undefined => {
    const module = byPath.get(path);
    if (module === undefined) return undefined;
    if (module.declared.has(name)) return [path, name];
    const named = module.reexports.find((each) => each.as === name);
    if (named !== undefined) return origin(named.from, named.name);
    return module.stars.map((star) => origin(star, name)).find((found) => found !== undefined);
  };
  for (const [path, module] of byPath) {
    for (const { from, name } of module.imports) {
      if (name === '*') {
        importersOfFile.get(from)?.add(path);
        for (const declared of byPath.get(from)?.declared ?? []) {
          importersOfExport.get(`${from}#${declared}`)?.add(path);
        }
        continue;
      }
      const [file, declared] = origin(from, name) ?? [];
      importersOfFile.get(from)?.add(path);
      importersOfFile.get(file ?? '')?.add(path);
      importersOfExport.get(`${file}#${declared}`)?.add(path);
    }
  }
  return { importersOfExport, importersOfFile, packageEntries: new Set(entries.values()) };
}

interface Module {
  readonly declared: Set<string>;
  readonly reexports: { readonly from: string; readonly name: string; readonly as: string }[];
  readonly stars: string[];
  readonly imports: { readonly from: string; readonly name: string }[];
}

function readModule({ path, body }: SourceFile, entries: ReadonlyMap<string, string>): Module {
  const module: Module = { declared: new Set(), reexports: [], stars: [], imports: [] };
  const fileOf = (source: unknown) => {
    const specifier = stringValue(source)[0] ?? '';
    return entries.get(specifier) ?? resolveFrom(path, specifier);
  };
  for (const statement of body) {
    const specifiers = (statement['specifiers'] ?? []) as readonly SyntaxNode[];
    if (statement.type === 'ImportDeclaration') {
      const from = fileOf(statement['source']);
      for (const each of specifiers) module.imports.push({ from, name: importedName(each) });
    } else if (statement.type === 'ExportNamedDeclaration' && statement['source'] !== null) {
      const from = fileOf(statement['source']);
      for (const each of specifiers) {
        const name = nameOf(each['orig']);
        module.reexports.push({ from, name, as: nameOf(each['exported']) || name });
      }
    } else if (statement.type === 'ExportAllDeclaration') {
      module.stars.push(fileOf(statement['source']));
    } else if (statement.type === 'ExportDeclaration') {
      for (const name of declaredNames(statement['declaration'] as SyntaxNode))
        module.declared.add(name);
    }
  }
  const taken = new Set<unknown>();
  walk(body, (node) => {
    // Parents come first: the import in a node that says which names it takes is not visited as one of everything.
    const { names, imported } = takenNames(node);
    if (imported === undefined || taken.has(imported)) return;
    taken.add(imported);
    const [argument] = imported['arguments'] as { expression: unknown }[];
    const from = fileOf(argument?.expression);
    for (const name of names) module.imports.push({ from, name });
  });
  return module;
}

function importedName(specifier: SyntaxNode): string {
  if (specifier.type !== 'ImportSpecifier') return '*';
  return nameOf(specifier['imported']) || nameOf(specifier['local']);
}

function declaredNames(declaration: SyntaxNode): string[] {
  if (declaration.type !== 'VariableDeclaration') {
    return [nameOf(declaration['identifier']) || nameOf(declaration['id'])];
  }
  const declarators = declaration['declarations'] as readonly SyntaxNode[];
  return declarators.map((each) => nameOf(each['id'])).filter((name) => name !== '');
}

function nameOf(node: unknown): string {
  return (node as { value?: string } | null | undefined)?.value ?? '';
}

/** What a node takes of a module that is imported when the code runs: `(await import(…)).name`, `const { name } = await import(…)`. */
function takenNames(node: SyntaxNode): { names: string[]; imported: SyntaxNode | undefined } {
  if (node.type === 'MemberExpression') {
    const name = nameOf(node['property']);
    if (name !== '') return { names: [name], imported: awaitedImport(node['object']) };
  }
  const pattern = node['id'] as SyntaxNode | undefined;
  if (node.type === 'VariableDeclarator' && pattern?.type === 'ObjectPattern') {
    const properties = pattern['properties'] as readonly SyntaxNode[];
    return {
      names: properties.map(({ key }) => nameOf(key)),
      imported: awaitedImport(node['init']),
    };
  }
  return { names: ['*'], imported: isImport(node) ? node : undefined };
}

function awaitedImport(node: unknown): SyntaxNode | undefined {
  const expression = node as SyntaxNode | null;
  if (expression?.type === 'ParenthesisExpression') return awaitedImport(expression['expression']);
  if (expression?.type !== 'AwaitExpression') return undefined;
  const argument = expression['argument'] as SyntaxNode;
  return isImport(argument) ? argument : undefined;
}

function isImport(node: SyntaxNode): boolean {
  return (
    node.type === 'CallExpression' && (node['callee'] as SyntaxNode | undefined)?.type === 'Import'
  );
}

/** Maps what a file may import by package name to the source file behind it. */
async function readPackageEntries(): Promise<Map<string, string>> {
  const entries = new Map<string, string>();
  for (const manifestPath of await listFiles('*/package.json')) {
    const folder = manifestPath.slice(0, -'/package.json'.length);
    const manifest = JSON.parse(await readFile(join(repositoryRoot, manifestPath), 'utf8')) as {
      readonly name: string;
      readonly exports?: Readonly<Record<string, unknown>>;
    };
    for (const [subpath, target] of Object.entries(manifest.exports ?? {})) {
      for (const file of JSON.stringify(target).match(/\.\/[^"]+\.ts/g) ?? []) {
        entries.set(`${manifest.name}${subpath.slice(1)}`, join(folder, file));
      }
    }
  }
  return entries;
}
