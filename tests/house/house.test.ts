import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { repositoryRoot } from '../support/repository.ts';
import { findExportUse } from './exports.ts';
import { type Measures, measure } from './measures.ts';
import { findPhrases, findPhrasesInRepository } from './phrases.ts';
import { listFiles, parseSource, readSourceFiles } from './source-tree.ts';
import { findTestNamesWithoutSubject } from './test-names.ts';

/** Each bound may only be lowered; `pnpm measure --list` shows what is counted. */
const BOUNDS = {
  filesPerThousandLines: 7.9,
  longestFileLines: 350,
  casts: 41,
  plainErrors: 12,
  importDepth: 15,
  undocumentedPercent: 0.2,
  singleImporterPercent: 34.5,
  conditionalSpreads: 48,
};

describe('the product source', () => {
  let measures: Measures;

  beforeAll(async () => {
    measures = await measure(await readSourceFiles());
  });

  test.each([
    'filesPerThousandLines',
    'singleImporterPercent',
    'conditionalSpreads',
    'casts',
    'longestFileLines',
    'plainErrors',
    'importDepth',
    'undocumentedPercent',
  ] as const)('%s stays within its bound', (name) => {
    expect(measures[name]).toBeLessThanOrEqual(BOUNDS[name]);
    expect(measures[name]).toBeGreaterThan(0);
  });

  test('a file under 25 lines is an entry or has two importers', () => {
    expect(measures.filesUnderFloor).toEqual([]);
  });

  test('a function has 50 lines at most', () => {
    expect(measures.longFunctions).toEqual([]);
  });

  test('any and ! are not used', () => {
    expect(measures).toMatchObject({ anyTypes: 0, nonNullAssertions: 0 });
  });

  test('TODO and import circles do not occur', () => {
    expect(measures).toMatchObject({ todos: 0, importCircles: 0 });
  });
});

test('the end of a process by a signal is read as a success by no script and no test', async () => {
  const files = await listFiles('*.ts', '*.mjs', '*.cjs');
  const texts = await Promise.all(
    files.map(async (file) => [file, await readFile(join(repositoryRoot, file), 'utf8')] as const),
  );

  const found = texts.filter(([, text]) => /\b(?:code|status) \?\? 0\b/.test(text));

  expect(texts.length).toBeGreaterThan(100);
  expect(found.map(([file]) => file)).toEqual([]);
});

describe('the measures', () => {
  test('the measures count spreads, casts, any and !', async () => {
    const file = await parseSource(
      'packages/x/src/a.ts',
      'export const a = { ...(b ? { c } : {}), ...(b && { c }), ...b };\n' +
        'export const d = [...(b ? [c] : []), ...b] as any;\nexport const e = d!;\n',
    );

    const measures = await measure([file]);

    expect(measures).toMatchObject({
      files: 1,
      lines: 3,
      conditionalSpreads: 3,
      casts: 1,
      anyTypes: 1,
      nonNullAssertions: 1,
    });
  });

  test('the measures find a function of 51 lines, and not one of 50', async () => {
    const functionOf = (lines: number) => `export function f() {${'\n'.repeat(lines - 1)}}\n`;
    const short = await parseSource('packages/x/src/short.ts', `// é\n${functionOf(50)}`);
    const long = await parseSource('packages/x/src/long.ts', `// é\n${functionOf(51)}`);

    const { longFunctions } = await measure([short, long]);

    expect(longFunctions).toEqual(['packages/x/src/long.ts:2 (51)']);
  });

  test('the measures count throws, docstrings, comments, TODO and the depth of imports', async () => {
    const files = await Promise.all(
      Object.entries({
        'packages/x/src/a.ts': "import { b } from './b.ts';\n// TODO\nexport const a = b;\n",
        'packages/x/src/b.ts': "import { c } from './c.ts';\n/** B. */\nexport const b = c;\n",
        'packages/x/src/c.ts':
          "export function c() {\n  if (c.length) throw new Error('');\n  throw new TypeError('');\n}\n",
        'packages/x/src/a.test.ts': "import { a } from './a.ts';\n\n\n\na();\n",
      }).map(([path, text]) => parseSource(path, text)),
    );

    expect(await measure(files)).toMatchObject({
      importDepth: 2,
      importCircles: 0,
      importPercent: 20,
      commentPercent: 20,
      todos: 1,
      plainErrors: 1,
      throws: 2,
      undocumentedPercent: expect.closeTo(66.7, 1),
      testsToSource: 0.5,
    });
  });

  test('the measures count importers through re-exports', async () => {
    const files = await Promise.all(
      Object.entries({
        'packages/x/src/a.ts': 'export const a = 1;\nexport const b = 2;\n',
        'packages/x/src/index.ts': "export { a } from './a.ts';\n",
        'packages/x/src/one.ts': "import { a } from './index.ts';\n",
        'packages/x/src/two.ts': "import { a, b } from './a.ts';\n",
      }).map(([path, text]) => parseSource(path, text)),
    );

    const { singleImporterPercent, filesUnderFloor } = await measure(files);

    expect(singleImporterPercent).toBe(50);
    expect(filesUnderFloor).toEqual(['packages/x/src/index.ts']);
  });
});

test('an import that runs later counts for the names that it takes', async () => {
  const files = await Promise.all(
    Object.entries({
      'packages/x/src/a.ts':
        'export const a = 1;\nexport const b = 2;\nexport const c = 3;\nexport const d = 4;\n',
      'packages/x/src/one.ts':
        "export async function one() {\n  return (await import('./a.ts')).a;\n}\n",
      'packages/x/src/two.ts':
        "export async function two() {\n  const { b } = await import('./a.ts');\n  return b;\n}\n",
      'packages/x/src/three.ts':
        "import { a, b, c } from './a.ts';\nexport const three = a + b + c;\n",
    }).map(([path, text]) => parseSource(path, text)),
  );

  const { importersOfExport } = await findExportUse(files);

  const counts = [...importersOfExport].map(([name, { size }]) => [name.split('#')[1], size]);
  expect(Object.fromEntries(counts)).toMatchObject({ a: 2, b: 2, c: 1, d: 0 });
});

describe('the text of source, help, comments, test names and documentation', () => {
  test('the text is plain English', async () => {
    expect(await findPhrasesInRepository()).toEqual([]);
  });

  test.each([
    ['that is no URL', 1],
    ['there is no URL', 0],
    ['it is no longer there', 0],
    ['a text with blanks at its ends, alone', 3],
    ['a text file and a blank line', 0],
    ['the caller is told anew, for ever', 3],
    ['besides, you can not mend it', 3],
  ])('the phrases in %p are found', (text, count) => {
    expect(findPhrases('a.md', text)).toHaveLength(count);
  });
});

describe('test names', () => {
  test('every test name begins with its subject', async () => {
    expect(findTestNamesWithoutSubject(await readSourceFiles())).toEqual([]);
  });

  test('the check of test names finds what begins with a verb or a preposition', async () => {
    const file = await parseSource(
      'packages/x/src/a.test.ts',
      "test('a cache forgets', () => {});\n" +
        "test('forgets an answer', () => {});\n" +
        "test.each([1])('of %s, all are read', () => {});\n" +
        'test.skipIf(isWindows)(`is ready`, () => {});\n' +
        "expect('is no test').toBe(1);\n",
    );

    expect(findTestNamesWithoutSubject([file])).toEqual([
      'packages/x/src/a.test.ts:2 "forgets an answer"',
      'packages/x/src/a.test.ts:3 "of %s, all are read"',
      'packages/x/src/a.test.ts:4 "is ready"',
    ]);
  });
});
