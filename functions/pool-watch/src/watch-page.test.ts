import { readFile, writeFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { ATTACKS } from '../test/attacks.ts';
import { costRows } from '../test/costs.ts';

const PAGE = new URL('../../../docs/watch.md', import.meta.url);
const ATTACK_ROWS = [
  ['what', 'right that it needs', 'noticed by'],
  ...ATTACKS.map(({ what, right, check, also }) => [
    what,
    `\`${right}\``,
    `schedule, ${also}: \`${check}\``,
  ]),
];

test.each([
  ['attacks', ATTACK_ROWS],
  ['costs', costRows()],
])('docs/watch.md holds the table of the %s; M2M_UPDATE_DOCS=1 rewrites it', async (name, rows) => {
  const block = new RegExp(`(<!-- begin: ${name} -->\n)[\\s\\S]*?(<!-- end: ${name} -->)`);
  const before = await readFile(PAGE, 'utf8');
  const table = alignTable(rows);
  const expected = before.replace(block, (_, begin, end) => `${begin}\n${table}\n\n${end}`);
  if (process.env['M2M_UPDATE_DOCS'] === '1') await writeFile(PAGE, expected);

  expect(before).toMatch(block);
  expect(await readFile(PAGE, 'utf8')).toBe(expected);
});

/** Columns are aligned, as the formatter of Markdown wants them. */
function alignTable([heading = [], ...rows]: readonly (readonly string[])[]): string {
  const widths = heading.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const format = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [heading, widths.map((width) => '-'.repeat(width)), ...rows].map(format).join('\n');
}
