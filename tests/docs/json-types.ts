import {
  isTestFile,
  readSourceFiles,
  resolveFrom,
  type SourceFile,
  type SyntaxNode,
  stringValue,
  walk,
} from '../house/source-tree.ts';

/** The type of what each command prints with `--json`. */
const JSON_TYPES: { readonly [command: string]: string } = {
  list: 'ListJson',
  explain: 'ExplainJson',
  who: 'WhoJson',
  history: 'HistoryJson',
  set: 'ChangeJson',
  plan: 'PlanJson',
  token: 'TokenTestJson',
  doctor: 'DoctorJson',
  rotate: 'RotateJson',
  forget: 'ForgetJson',
  import: 'ImportJson',
  handover: 'HandoverJson',
  watch: 'WatchJson',
  probe: 'ProbeJson',
  attach: 'AttachJson',
  detach: 'DetachJson',
};

/** What a document leaves out of a type that it takes with `Omit`. */
const LEFT_OUT = new Set(['Repair', 'Place']);

/** A type as it is declared, with its docstring. */
interface DeclaredType {
  readonly name: string;
  readonly file: string;
  readonly text: string;
  /** The types that it uses, and the file or folder of each. */
  readonly uses: readonly { readonly name: string; readonly from: string }[];
}

/** The types of all `--json` documents as they are declared, each type once, by the name of the block of a page. */
export async function renderJsonTypes(): Promise<readonly (readonly [string, string])[]> {
  const files = (await readSourceFiles()).filter(({ path }) => !isTestFile(path));
  const declared = files.flatMap((file) => readTypes(file, files));
  const roots = Object.entries(JSON_TYPES);
  const found = new Map(roots.map(([, name]) => [name, closureOf(name, declared)]));
  const isShared = (name: string) =>
    [...found.values()].filter((types) => types.some((type) => type.name === name)).length > 1;
  const shared = new Map(
    [...found.values()]
      .flat()
      .filter(({ name }) => isShared(name))
      .map((type) => [type.name, type]),
  );
  const blocks = roots.map(([command, name]) => {
    const own = (found.get(name) ?? []).filter((type) => !isShared(type.name));
    return [`json ${command}`, codeBlock(own)] as const;
  });
  const types = [...shared.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  return [...blocks, ['json shared', codeBlock(types)]];
}

function codeBlock(types: readonly DeclaredType[]): string {
  return `\`\`\`ts\n${types.map(({ text }) => joinShortUnion(text)).join('\n\n')}\n\`\`\``;
}

/** The most characters of a line, as the formatter of this repository has it. */
const LINE_WIDTH = 100;

/** A union of a few strings in one line, as the formatter wants it. */
function joinShortUnion(text: string): string {
  return text.replace(/^type \w+ =(?:\n {2}\| '[^'\n]*')+;$/m, (union) => {
    const line = union.replace('\n  | ', ' ').replaceAll('\n  | ', ' | ');
    return line.length > LINE_WIDTH ? union : line;
  });
}

/** A type and all that it is made of, itself first. */
function closureOf(root: string, declared: readonly DeclaredType[]): DeclaredType[] {
  const closure = new Map<string, DeclaredType>();
  const add = (name: string, isNear: (file: string) => boolean) => {
    if (closure.has(name) || LEFT_OUT.has(name)) return;
    const type = declared.find((each) => each.name === name && isNear(each.file));
    if (type === undefined) return;
    closure.set(name, type);
    for (const used of type.uses) add(used.name, (file) => file.startsWith(used.from));
  };
  add(root, (file) => file.startsWith('packages/cli/'));
  if (closure.size === 0) throw new Error(`No type ${root}.`);
  return [...closure.values()];
}

function readTypes(file: SourceFile, files: readonly SourceFile[]): DeclaredType[] {
  const origins = originsIn(file);
  return file.body.flatMap((statement) => {
    const node = (statement['declaration'] as SyntaxNode | undefined) ?? statement;
    if (node.type !== 'TsInterfaceDeclaration' && node.type !== 'TsTypeAliasDeclaration') return [];
    const { value: name } = node['id'] as { value: string };
    const uses = namesUsedIn(node).map((used) => ({
      name: used,
      from: origins.get(used) ?? file.path,
    }));
    return [{ name, file: file.path, text: withKeys(textOf(file, statement), files), uses }];
  });
}

/** Where each imported name comes from: a file, or the folder of a workspace. */
function originsIn({ path, body }: SourceFile): Map<string, string> {
  const imports = body.filter(({ type }) => type === 'ImportDeclaration');
  return new Map(
    imports.flatMap((node) => {
      const [specifier = ''] = stringValue(node['source']);
      const workspace = specifier.split('/')[1] ?? '';
      const origin = specifier.startsWith('@cognito-m2m/')
        ? workspace.replace(/^(?!infra$)/, 'packages/')
        : resolveFrom(path, specifier);
      const names = (node['specifiers'] as readonly SyntaxNode[]).map(
        ({ local }) => (local as { value: string }).value,
      );
      return names.map((name) => [name, origin] as const);
    }),
  );
}

/** The declaration with the docstring above it, without `export`; the members of a constant list by name. */
function textOf({ text, linesOf }: SourceFile, statement: SyntaxNode): string {
  const lines = text.split('\n');
  const { first, last } = linesOf(statement);
  let start = first - 1;
  while (/^(?:\/\*\*| \*)/.test(lines[start - 1] ?? '')) start -= 1;
  const declaration = lines
    .slice(start, last)
    .join('\n')
    .replace(/^export /m, '');
  return declaration.replace(/ \(typeof (.+)\)\[number\](?:\['name'\])?/, (type, names: string) => {
    const members = names.split(' | typeof ').flatMap((name) => membersOfList(text, name));
    return members.length === 0 ? type : `\n  | ${members.join('\n  | ')}`;
  });
}

/** The keys of constant objects by name, in place of `keyof typeof`. */
function withKeys(type: string, files: readonly SourceFile[]): string {
  return type.replace(/ keyof typeof (\w+(?: \| keyof typeof \w+)*);$/, (_, names: string) => {
    const keys = names.split(' | keyof typeof ').flatMap((name) => keysOfObject(name, files));
    return `\n  | ${keys.map((key) => `'${key}'`).join('\n  | ')};`;
  });
}

/** The keys of a constant object, those of the objects that it spreads included. */
function keysOfObject(name: string, files: readonly SourceFile[]): string[] {
  const declaration = new RegExp(
    `^(?:export )?const ${name}\\b[^=\\n]*= \\{\\n([\\s\\S]*?)^\\}`,
    'm',
  );
  const bodies = files.flatMap(({ text }) => declaration.exec(text)?.[1] ?? []);
  const [body] = bodies;
  if (body === undefined) throw new Error(`No object ${name}.`);
  return [...body.matchAll(/^ {2}(?:\.\.\.(\w+)|'?([\w-]+)'?[:(])/gm)].flatMap(
    ([, spread, key = '']) => (spread === undefined ? [key] : keysOfObject(spread, files)),
  );
}

/** The strings of a constant list, or the names of the objects in it. */
function membersOfList(text: string, name: string): string[] {
  const list =
    new RegExp(`const ${name}\\b[^=]*= \\[([\\s\\S]*?)\\] as const`).exec(text)?.[1] ?? '';
  const named = list.match(/(?<=name: )'[^']+'/g);
  return named ?? list.match(/'[^']+'/g) ?? [];
}

function namesUsedIn(node: SyntaxNode): string[] {
  const names = new Set<string>();
  walk(node, (each) => {
    const reference = (each['typeName'] ?? each['expression']) as { value?: string } | undefined;
    const isReference = /^Ts(?:TypeReference|ExpressionWithTypeArguments)$/.test(each.type ?? '');
    if (isReference && reference?.value !== undefined) names.add(reference.value);
  });
  return [...names];
}
