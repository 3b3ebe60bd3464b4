import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { isTestFile, listFiles } from '../house/source-tree.ts';
import { repositoryRoot } from '../support/repository.ts';
import { FIDELITY_FILE, renderFidelity, renderSettings } from './fidelity.ts';
import { findInterface, membersOf, REFERENCE_FILE, renderReference } from './reference.ts';

const read = (file: string) => readFile(join(repositoryRoot, file), 'utf8');

test('the reference is what the types and the commands say; otherwise: node --import tsx tests/docs/write-reference.ts', async () => {
  expect(await read(REFERENCE_FILE)).toBe(await renderReference());
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
}
`;

  test('the reference has a row for each member of an interface, with its docstring and default', () => {
    const { text, body } = findInterface(SOURCE, 'Box');

    expect(text).toBe('A box. Default: empty.');
    expect(membersOf(body)).toEqual([
      { name: 'plain', type: 'string', isOptional: false, text: '' },
      { name: 'size', type: 'number', isOptional: true, text: 'In two lines. Default: 1.' },
      { name: 'inner', type: '{ readonly deep: string; }', isOptional: false, text: 'Nested.' },
    ]);
  });

  test('the reference cannot be written of an interface that is not there', () => {
    expect(() => findInterface(SOURCE, 'Bag')).toThrow('No interface Bag.');
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
