import { findCycles } from './cycles.ts';
import { findExportUse } from './exports.ts';
import {
  importsOf,
  isTestFile,
  resolveFrom,
  type SourceFile,
  type SyntaxNode,
  stringValue,
  walk,
} from './source-tree.ts';

/** The measures of the product's source: TypeScript without tests and without the team's environment files. */
export interface Measures {
  readonly files: number;
  readonly lines: number;
  /** Source files per 1,000 lines. */
  readonly filesPerThousandLines: number;
  readonly medianLines: number;
  readonly p90Lines: number;
  readonly longestFileLines: number;
  /** Share of exports with exactly one importing source file, in percent of all exports. */
  readonly singleImporterPercent: number;
  /** `...(condition ? a : b)` and `...(condition && a)` in objects and in arrays. */
  readonly conditionalSpreads: number;
  /** Files under 25 lines that are neither an entry, of a package or of what is loaded on demand, nor imported by two source files. */
  readonly filesUnderFloor: readonly string[];
  /** Functions over 50 lines, as `file:line (lines)`. */
  readonly longFunctions: readonly string[];
  readonly casts: number;
  readonly anyTypes: number;
  readonly nonNullAssertions: number;
  /** Exported declarations without a docstring, in percent of all. */
  readonly undocumentedPercent: number;
  readonly todos: number;
  /** `throw new Error(…)`, and all throws. */
  readonly plainErrors: number;
  readonly throws: number;
  /** The longest chain of imports inside a workspace, counted in imports. */
  readonly importDepth: number;
  readonly importCircles: number;
  /** Lines of import statements and lines of comments only, in percent of all lines. */
  readonly importPercent: number;
  readonly commentPercent: number;
  /** Lines of tests and test support for each line of source. */
  readonly testsToSource: number;
}

const FLOOR_LINES = 25;
const FUNCTION_LINES = 50;

/** Measures the product's source. */
export async function measure(allFiles: readonly SourceFile[]): Promise<Measures> {
  const files = allFiles.filter(({ path }) => isProductSource(path));
  const lineCounts = files.map(({ text }) => countLines(text)).toSorted((a, b) => a - b);
  const lines = lineCounts.reduce((sum, each) => sum + each, 0);
  const { importersOfExport, importersOfFile, packageEntries } = await findExportUse(files);
  const importerCounts = [...importersOfExport.values()].map(({ size }) => size);
  const lazy = findLazyFiles(files);
  const isEntry = (path: string) =>
    packageEntries.has(path) || lazy.has(path) || (importersOfFile.get(path)?.size ?? 0) === 0;
  return {
    files: files.length,
    lines,
    filesPerThousandLines: (files.length / lines) * 1000,
    medianLines: quantile(lineCounts, 0.5),
    p90Lines: quantile(lineCounts, 0.9),
    longestFileLines: lineCounts.at(-1) ?? 0,
    singleImporterPercent:
      (importerCounts.filter((count) => count === 1).length / importerCounts.length) * 100,
    filesUnderFloor: files
      .filter(({ path, text }) => countLines(text) < FLOOR_LINES && !isEntry(path))
      .filter(({ path }) => (importersOfFile.get(path)?.size ?? 0) < 2)
      .map(({ path }) => path),
    ...measureSyntax(files),
    ...measureImports(files, lines),
    ...measureText(files, lines),
    testsToSource:
      allFiles.filter(({ path }) => isTestFile(path)).reduce(sumLines, 0) / Math.max(lines, 1),
  };
}

/** Files at which loading is put off: merged into a neighbour, they would load what they keep away, or be loaded by it. */
function findLazyFiles(files: readonly SourceFile[]): ReadonlySet<string> {
  const lazy = new Set<string>();
  for (const { path, body } of files) {
    walk(body, (node) => {
      const callee = node['callee'] as SyntaxNode | undefined;
      if (node.type !== 'CallExpression' || callee?.type !== 'Import') return;
      const [first] = node['arguments'] as { expression: unknown }[];
      lazy.add(path);
      lazy.add(resolveFrom(path, stringValue(first?.expression)[0] ?? ''));
    });
  }
  return lazy;
}

function sumLines(sum: number, { text }: SourceFile): number {
  return sum + countLines(text);
}

function measureImports(files: readonly SourceFile[], lines: number) {
  const paths = new Set(files.map(({ path }) => path));
  const imports = importsOf(files).filter(({ target }) => paths.has(target));
  const importCircles = findCycles(imports).length;
  const targets = new Map<string, string[]>();
  for (const { file, target } of imports) {
    targets.set(file, [...(targets.get(file) ?? []), target]);
  }
  const depths = new Map<string, number>();
  const depthOf = (file: string): number => {
    const known = depths.get(file);
    if (known !== undefined) return known;
    // A circle counts as its first visit: its files are not deeper for it.
    depths.set(file, 0);
    const depth = Math.max(0, ...(targets.get(file) ?? []).map((each) => 1 + depthOf(each)));
    depths.set(file, depth);
    return depth;
  };
  let importLines = 0;
  for (const { body, linesOf } of files) {
    for (const statement of body) {
      if (statement.type !== 'ImportDeclaration') continue;
      const { first, last } = linesOf(statement);
      importLines += last - first + 1;
    }
  }
  return {
    importDepth: Math.max(0, ...files.map(({ path }) => depthOf(path))),
    importCircles,
    importPercent: (importLines / lines) * 100,
  };
}

function measureText(files: readonly SourceFile[], lines: number) {
  let exported = 0;
  let undocumented = 0;
  let comments = 0;
  let todos = 0;
  for (const { text, body, linesOf } of files) {
    const written = text.split('\n').map((line) => line.trim());
    comments += written.filter((line) => /^(?:\/\/|\/\*|\*)/.test(line)).length;
    todos += text.match(/\b(?:TODO|FIXME)\b/g)?.length ?? 0;
    for (const statement of body) {
      if (statement.type !== 'ExportDeclaration') continue;
      exported += 1;
      if (!written[linesOf(statement).first - 2]?.endsWith('*/')) undocumented += 1;
    }
  }
  return {
    undocumentedPercent: (undocumented / Math.max(exported, 1)) * 100,
    commentPercent: (comments / lines) * 100,
    todos,
  };
}

function isProductSource(path: string): boolean {
  return !isTestFile(path) && !path.startsWith('infra/environments/');
}

function measureSyntax(files: readonly SourceFile[]) {
  const longFunctions: string[] = [];
  let conditionalSpreads = 0;
  let casts = 0;
  let anyTypes = 0;
  let nonNullAssertions = 0;
  let throws = 0;
  let plainErrors = 0;
  for (const file of files) {
    walk(file.body, (node) => {
      if (isConditionalSpread(node)) conditionalSpreads += 1;
      if (node.type === 'TsAsExpression') casts += 1;
      if (node.type === 'TsKeywordType' && node['kind'] === 'any') anyTypes += 1;
      if (node.type === 'TsNonNullExpression') nonNullAssertions += 1;
      if (node.type === 'ThrowStatement') {
        throws += 1;
        if (isPlainError(node['argument'] as SyntaxNode)) plainErrors += 1;
      }
      if (!isFunction(node)) return;
      const { first, last } = file.linesOf(node);
      const length = last - first + 1;
      if (length > FUNCTION_LINES) longFunctions.push(`${file.path}:${first} (${length})`);
    });
  }
  return {
    longFunctions,
    conditionalSpreads,
    casts,
    anyTypes,
    nonNullAssertions,
    throws,
    plainErrors,
  };
}

function isPlainError(node: SyntaxNode): boolean {
  const callee = node['callee'] as SyntaxNode | undefined;
  return node.type === 'NewExpression' && callee?.['value'] === 'Error';
}

/** swc writes a spread of an object as `SpreadElement`, one of an array or a call as a `spread` beside the expression. */
function isConditionalSpread(node: SyntaxNode): boolean {
  if (node.type === 'SpreadElement') return isConditional(node['arguments']);
  if (node.type !== 'ArrayExpression') return false;
  return (node['elements'] as readonly (SyntaxNode | null)[]).some(
    (element) => element?.['spread'] != null && isConditional(element['expression']),
  );
}

function isConditional(node: unknown): boolean {
  const expression = node as SyntaxNode;
  if (expression.type === 'ParenthesisExpression') return isConditional(expression['expression']);
  if (expression.type === 'ConditionalExpression') return true;
  return expression.type === 'BinaryExpression' && expression['operator'] === '&&';
}

function isFunction({ type }: SyntaxNode): boolean {
  return /^(?:FunctionDeclaration|FunctionExpression|ArrowFunctionExpression|ClassMethod|PrivateMethod|MethodProperty|Constructor)$/.test(
    type ?? '',
  );
}

function countLines(text: string): number {
  return text.split('\n').length - 1;
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
