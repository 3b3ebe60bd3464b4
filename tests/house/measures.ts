import { findExportUse } from './exports.ts';
import { isTestFile, type SourceFile, type SyntaxNode, walk } from './source-tree.ts';

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
  /** Files under 25 lines that are neither an entry nor imported by two source files. */
  readonly filesUnderFloor: readonly string[];
  /** Functions over 50 lines, as `file:line (lines)`. */
  readonly longFunctions: readonly string[];
  readonly casts: number;
  readonly anyTypes: number;
  readonly nonNullAssertions: number;
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
  const isEntry = (path: string) =>
    packageEntries.has(path) || (importersOfFile.get(path)?.size ?? 0) === 0;
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
  for (const file of files) {
    walk(file.body, (node) => {
      if (isConditionalSpread(node)) conditionalSpreads += 1;
      if (node.type === 'TsAsExpression') casts += 1;
      if (node.type === 'TsKeywordType' && node['kind'] === 'any') anyTypes += 1;
      if (node.type === 'TsNonNullExpression') nonNullAssertions += 1;
      if (!isFunction(node)) return;
      const { first, last } = file.linesOf(node);
      const length = last - first + 1;
      if (length > FUNCTION_LINES) longFunctions.push(`${file.path}:${first} (${length})`);
    });
  }
  return { longFunctions, conditionalSpreads, casts, anyTypes, nonNullAssertions };
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
