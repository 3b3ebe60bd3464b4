import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { validateEnvironment } from '@cognito-m2m/environment';
import { describe, expect, test } from '@jest/globals';
import { isTestFile, listFiles } from '../house/source-tree.ts';
import { repositoryRoot } from '../support/repository.ts';
import { findFunction, findInterface, findType, membersOf } from './declarations.ts';
import { contract as exampleContract } from './examples/contract.ts';
import exampleEnvironment from './examples/environments/prod.ts';
import { FIDELITY_FILE, renderFidelity, renderSettings } from './fidelity.ts';
import { renderReference, WRITE_REFERENCE } from './reference.ts';

const read = (file: string) => readFile(join(repositoryRoot, file), 'utf8');

test(`the reference is what the types and the commands say; otherwise: ${WRITE_REFERENCE}`, async () => {
  const pages = [...(await renderReference())];
  expect(pages.length).toBeGreaterThan(8);

  const stale: string[] = [];
  for (const [file, text] of pages) if ((await read(file)) !== text) stale.push(file);

  expect(stale).toEqual([]);
});

describe('the reference', () => {
  const SOURCE = `
/** A box. @default empty */
export interface Box<T> {
  readonly plain: string;
  /**
   * In two
   * lines. @default 1
   */
  readonly size?: number;
  /** Nested. */
  readonly inner: {
    /** Not a row. */
    readonly deep: string;
  };

  /**
   * Opens it.
   *
   * @param key - The key.
   * @throws {BoxError} \`ERR_KEY\`.
   */
  open<K>(
    key: K,
  ): string;
}

/** Where a box is. */
export type Place =
  | { readonly on: 'shelf' }
  | { readonly in: 'cellar' };

/**
 * Makes a box.
 *
 * @param options.size - How large, in litres.
 * @returns The box.
 * @throws {BoxError} \`ERR_SIZE\`.
 * @see https://example.com/
 * @example
 * \`\`\`ts
 * const box = makeBox({ size: 1 });
 *
 * box.open('x');
 * \`\`\`
 */
export function makeBox(options: {
  readonly size: number;
}): Box<string> {
  return undefined as never;
}
`;

  test('the reference has a row for each member of an interface, with its docstring and default', () => {
    const { text, body } = findInterface(SOURCE, 'Box');

    expect(text).toBe('A box. Default: empty.');
    expect(membersOf(body)).toEqual([
      { name: 'plain', type: 'string', isOptional: false, text: '' },
      { name: 'size', type: 'number', isOptional: true, text: 'In two lines. Default: 1.' },
      { name: 'inner', type: '{ readonly deep: string; }', isOptional: false, text: 'Nested.' },
      {
        name: 'open()',
        type: '<K>(key: K): string',
        isOptional: false,
        text: 'Opens it. `key`: The key. Throws `BoxError` `ERR_KEY`.',
      },
    ]);
  });

  test('the reference has the declaration of a function, its parts and its example', () => {
    expect(findFunction(SOURCE, 'makeBox')).toEqual({
      signature: 'function makeBox(options: {\n  readonly size: number;\n}): Box<string>',
      docstring: {
        text: 'Makes a box. [Source](https://example.com/).',
        params: [{ name: 'size', text: 'How large, in litres.' }],
        returns: 'The box.',
        throws: '`BoxError` `ERR_SIZE`.',
        example: "const box = makeBox({ size: 1 });\n\nbox.open('x');\n",
      },
    });
  });

  test('the reference has the declaration of a type that is not an interface', () => {
    const { docstring, declaration } = findType(SOURCE, 'Place');

    expect(docstring.text).toBe('Where a box is.');
    expect(declaration).toMatch(/^type Place =\n {2}\| .*\n {2}\| .*'cellar' \};\n$/);
  });

  test('the reference cannot be written of an interface that is not there', () => {
    expect(() => findInterface(SOURCE, 'Bag')).toThrow('No interface Bag.');
    expect(() => findFunction(SOURCE, 'makeBag')).toThrow('No function makeBag.');
    expect(() => findType(SOURCE, 'Bag')).toThrow('No type Bag.');
  });
});

describe('the examples of the reference', () => {
  test('the environment file of the reference is valid', () => {
    const environment = validateEnvironment(contract, exampleEnvironment);

    expect(environment.pools.map(({ clients }) => clients.length)).toEqual([2]);
  });

  test('the contract of the reference has a claim of each kind of limit', () => {
    const limits = new Set(Object.values(exampleContract).flatMap((claim) => Object.keys(claim)));

    const kinds = ['required', 'values', 'integer', 'min', 'max', 'pattern', 'maxItems', 'members'];
    expect([...limits]).toEqual(expect.arrayContaining(kinds));
  });
});

describe('the page of fidelity', () => {
  test('the table is that of the source; otherwise: node --import tsx tests/docs/write-reference.ts', async () => {
    expect(await read(FIDELITY_FILE)).toBe(await renderFidelity());
  });

  test('each setting has a test', async () => {
    const rows = (await renderFidelity()).split('\n').filter((row) => /^\| `\w+` +\|/.test(row));

    expect(rows.length).toBeGreaterThan(25);
    expect(rows.filter((row) => !/`[\w/-]+\.test\.ts` +\|$/.test(row))).toEqual([]);
  });

  test('a row says what a measurement found, where it was made and when', () => {
    const measurement = {
      date: '2026-11-28',
      region: 'eu-central-1',
      behaviours: {},
      exchanges: [],
    };
    const measured = { measurement, behaviour: { scopeOrder: 'declared' }, notes: [] } as const;

    const table = renderSettings(
      measured as unknown as Parameters<typeof renderSettings>[0],
      new Map([['some.test.ts', 'scopeOrder: ']]),
    );

    const cells = table.replaceAll(/ +/g, ' ');
    expect(cells).toContain(
      '`declared` | one of requested, declared | measured on 2026-11-28 in eu-central-1 | – | `some.test.ts` |',
    );
    expect(cells).toMatch(/`scopeWhenNone` .* \| assumed \| –/);
  });
});

describe('the page of error codes', () => {
  /** Written in prose or of another project. */
  const NOT_OURS = new Set(['ERR_TLS_CERT_ALTNAME_INVALID', 'ERR_HTTP_HEADERS_SENT', 'ERR_PROBE']);

  test('the page of error codes has every code that the source can give, and no other', async () => {
    const files = (await listFiles('packages/*.ts', 'functions/*.ts', 'infra/*.ts')).filter(
      (file) => /\/src\//.test(file) && !isTestFile(file),
    );
    const sources = await Promise.all(files.map(read));
    const codes = new Set(
      sources.flatMap(
        (source) => source.match(/(?<=['"`\s{(])ERR_[A-Z_]*[A-Z](?=['"`:\s,)])/g) ?? [],
      ),
    );
    const documented = new Set((await read('docs/errors.md')).match(/ERR_[A-Z_]+/g));

    const given = [...codes].filter((code) => !NOT_OURS.has(code));
    expect(given.filter((code) => !documented.has(code))).toEqual([]);
    expect([...documented].filter((code) => !codes.has(code))).toEqual([]);
    expect(documented.size).toBeGreaterThan(80);
  });
});

test('the page of incidents has every alarm of the trigger', async () => {
  const source = await read('infra/src/constructs/trigger-monitoring.ts');
  const alarms = [...source.matchAll(/^ +name: ['`]([a-z-]+)/gm)].map(([, name = '']) => name);
  const page = await read('docs/incidents.md');

  expect(alarms.length).toBeGreaterThan(5);
  expect(alarms.filter((name) => !page.includes(`| \`${name}`))).toEqual([]);
});
