/** A docstring by its parts, each in one line; the example as it is. */
export interface Docstring {
  readonly text: string;
  readonly params: readonly { readonly name: string; readonly text: string }[];
  readonly returns: string;
  readonly throws: string;
  /** The code between the fences of `@example`; empty without one. */
  readonly example: string;
}

/** A documented member of an interface. */
export interface Member {
  readonly name: string;
  readonly type: string;
  readonly isOptional: boolean;
  readonly text: string;
}

/** An exported function: its docstring, and its declaration without the body. */
export interface FunctionDeclaration {
  readonly docstring: Docstring;
  readonly signature: string;
}

const DOCSTRING = String.raw`(?:/\*\*((?:(?!\*/)[\s\S])*)\*/\n)?`;

/** Reads the parts of a docstring; what is between its comment signs. */
function readDocstring(comment: string): Docstring {
  const lines = comment.replace(/^[ \t]*\* ?/gm, '').trim();
  const [, example = ''] = /@example\s+```ts\n([\s\S]*?)^```/m.exec(lines) ?? [];
  const [head = '', ...tags] = lines
    .replace(/@example[\s\S]*$/, '')
    .replace(/\s+/g, ' ')
    .split(/ ?(?=@(?:param|returns|throws|see|default)\b)/);
  const all = (tag: string) =>
    tags
      .filter((each) => each.startsWith(`@${tag} `))
      .map((each) => each.slice(tag.length + 2).trim());
  const params = all('param').map((each) => {
    const [name = '', ...words] = each.split(' - ');
    return { name: name.replace('options.', ''), text: words.join(' - ') };
  });
  const sentences = [
    head,
    ...all('default').map((value) => `Default: ${value}.`),
    ...all('see').map((url) => `[Source](${url}).`),
  ];
  return {
    text: sentences.join(' ').replaceAll('..', '.').trim(),
    params,
    returns: all('returns').join(' '),
    throws: all('throws')
      .join(' ')
      .replaceAll(/\{(\w+)\}/g, '`$1`'),
    example,
  };
}

/** Finds an interface and the docstring above it. */
export function findInterface(source: string, name: string): { text: string; body: string } {
  const start = new RegExp(`${DOCSTRING}(?:export )?interface ${name}\\b`).exec(source);
  if (start === null) throw new Error(`No interface ${name}.`);
  const open = source.indexOf('{\n', start.index + start[0].length);
  const close = source.indexOf('\n}', open);
  return { text: readDocstring(start[1] ?? '').text, body: source.slice(open + 2, close + 1) };
}

/** Finds an exported function. */
export function findFunction(source: string, name: string): FunctionDeclaration {
  const declaration = String.raw`export (?:async )?(function ${name}\b[\s\S]*?\)(?:: [^\n]*)?) \{\n`;
  const found = new RegExp(DOCSTRING + declaration).exec(source);
  if (found === null) throw new Error(`No function ${name}.`);
  return { docstring: readDocstring(found[1] ?? ''), signature: found[2] ?? '' };
}

/** Finds an exported type that is not an interface. */
export function findType(
  source: string,
  name: string,
): { docstring: Docstring; declaration: string } {
  const found = new RegExp(`${DOCSTRING}export (type ${name}\\b[\\s\\S]*?;\\n)(?=\\n|$)`).exec(
    source,
  );
  if (found === null) throw new Error(`No type ${name}.`);
  return { docstring: readDocstring(found[1] ?? ''), declaration: found[2] ?? '' };
}

/** The members of an interface, methods included, at its first level of indentation. */
export function membersOf(body: string): Member[] {
  const members: Member[] = [];
  const pattern =
    /(?: {2}\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\n)? {2}(?:readonly (\w+)(\?)?:|(\w+)(?=[(<]))([\s\S]*?);\n(?=\n? {2}(?:\/\*\*|readonly|\w+[(<])|$)/g;
  for (const [, comment = '', property, optional, method, type = ''] of body.matchAll(pattern)) {
    members.push({
      name: property ?? `${method}()`,
      isOptional: optional !== undefined,
      // A comment inside of a type has its own members to explain.
      type: type
        .replace(/\/\*\*[\s\S]*?\*\//g, '')
        .replace(/\s+/g, ' ')
        .replaceAll('( ', '(')
        .replaceAll(', )', ')')
        .trim(),
      text: sentencesOf(readDocstring(comment)),
    });
  }
  return members;
}

/** A docstring as the cell of a table. */
function sentencesOf({ text, params, returns, throws }: Docstring): string {
  return [
    text,
    ...params.map((param) => `\`${param.name}\`: ${param.text}`),
    returns && `Returns ${returns.charAt(0).toLowerCase()}${returns.slice(1)}`,
    throws && `Throws ${throws}`,
  ]
    .filter((sentence) => sentence !== '')
    .join(' ');
}
