import { type SourceFile, type SyntaxNode, stringValue, walk } from './source-tree.ts';

/**
 * Words that begin a sentence without a subject. Words that are also nouns, such as `names` or `watch`, are left out: they
 * cannot be told apart here.
 */
const NOT_A_SUBJECT = new Set(
  `is are was were has have had does do did can cannot may must will would
   of that with without to in at on for from by back after before until under beyond whose which and but or not
   if when while because whenever where as than between during through into up down again also then so
   accepts adds allows announces answers asks becomes begins brings calls carries checks comes compares contains
   decides decodes denies deploys describes drops emits encodes ends escapes expects explains fails fills finds fits
   follows forgets forwards frees gets gives goes handles has hides holds ignores includes issues keeps knows lays leads
   leaves lets lists loads looks loses makes meets narrows needs never normalises opens passes prints puts raises reaches
   reads receives redraws refuses rejects remembers removes renders repairs replaces reports requires reserves resolves
   respects restores returns says searches selects sends serves sets shares shows skips sorts speaks splits starts stays
   stops survives takes tells throws touches treats validates waits warns wins works wraps writes`.split(
    /\s+/,
  ),
);

/** Finds tests whose name does not begin with its subject: `file:line "name"`. */
export function findTestNamesWithoutSubject(files: readonly SourceFile[]): string[] {
  return files
    .filter(({ path }) => path.endsWith('.test.ts'))
    .flatMap((file) => {
      const found: string[] = [];
      walk(file.body, (node) => {
        const name = testName(node);
        if (name === undefined || !NOT_A_SUBJECT.has(name.split(/[ ,:]/)[0] ?? '')) return;
        found.push(`${file.path}:${file.linesOf(node).first} "${name}"`);
      });
      return found;
    });
}

/** The name that a call of `test`, `test.each(…)` or `test.skipIf` gives to a test. */
function testName(node: SyntaxNode): string | undefined {
  if (node.type !== 'CallExpression' || !/^(?:test\w*|it)$/.test(calledName(node)))
    return undefined;
  const [first, second] = node['arguments'] as { readonly expression: SyntaxNode }[];
  return second === undefined ? undefined : textOf(first?.expression);
}

/** The identifier at the root of what is called: `test` for `test.each([…])(…)` and for `(isThere ? test : test.skip)(…)`. */
function calledName(node: SyntaxNode): string {
  const callee = (node['callee'] ??
    node['object'] ??
    node['tag'] ??
    node['expression'] ??
    node['consequent']) as SyntaxNode | undefined;
  if (callee === undefined) return '';
  return callee.type === 'Identifier' ? String(callee['value']) : calledName(callee);
}

function textOf(node: SyntaxNode | undefined): string | undefined {
  if (node?.type !== 'TemplateLiteral') return stringValue(node)[0];
  const quasis = node['quasis'] as readonly { readonly raw: string }[];
  return quasis.map(({ raw }) => raw).join('…');
}
