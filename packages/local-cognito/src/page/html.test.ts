import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { html, toText } from './html.ts';

describe('html', () => {
  test.each([
    ['<script>', '&lt;script&gt;'],
    ['"><img src=x onerror=alert(1)>', '&quot;&gt;&lt;img src=x onerror=alert(1)&gt;'],
    ["' &amp;", '&#39; &amp;amp;'],
  ])('html escapes %s', (text, expected) => {
    expect(toText(html`<b title="${text}">${text}</b>`)).toBe(
      `<b title="${expected}">${expected}</b>`,
    );
  });

  test('html keeps markup that it made, single or in a list', () => {
    const items = ['<a>', 'b'].map((text) => html`<li>${text}</li>`);

    expect(toText(html`<ul>${items}</ul>`)).toBe('<ul><li>&lt;a&gt;</li><li>b</li></ul>');
  });

  test('html leaves out nothing and false, and writes zero', () => {
    expect(toText(html`[${undefined}${false}${0}${''}]`)).toBe('[0]');
  });
});

test('no template of the page puts a value into an attribute without quotes', async () => {
  const folder = new URL('.', import.meta.url);
  const files = (await readdir(folder)).filter((name) => /(?<!\.test)\.ts$/.test(name));
  const sources = await Promise.all(files.map((name) => readFile(new URL(name, folder), 'utf8')));

  expect(sources.filter((source) => /<[^`]*\w=\$\{/.test(source))).toEqual([]);
});
