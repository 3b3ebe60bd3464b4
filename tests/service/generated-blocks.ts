import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TOKEN_ERRORS } from '@cognito-m2m/token-client';
import { VERIFY_ERRORS } from '@cognito-m2m/verifier';
import { repositoryRoot } from '../support/repository.ts';
import { attacks } from './attacks.ts';

const TEST_FILE = 'tests/service/orders-api.test.ts';

/** The blocks that pages can hold between `<!-- begin: name -->` and `<!-- end: name -->`. */
type BlockName =
  | 'orders-api'
  | 'orders-caller'
  | 'orders-handler'
  | 'orders-handler-test'
  | 'attacks'
  | 'errors'
  | 'token-errors';

/** The pages with such blocks, and which ones each must hold. */
export const PAGES: readonly (readonly [page: string, blocks: readonly BlockName[]])[] = [
  [
    'docs/verify-in-your-api.md',
    ['orders-api', 'orders-handler', 'orders-handler-test', 'attacks', 'errors'],
  ],
  ['docs/token-client.md', ['orders-caller', 'token-errors']],
  // The team's: it may hold such blocks, and need not.
  ['README.md', []],
];

/** Puts the present code and table into every block of a page. */
export async function renderPage(text: string): Promise<string> {
  const blocks: Record<BlockName, string> = {
    'orders-api': await codeBlock('orders-api.ts'),
    'orders-caller': await codeBlock('orders-caller.ts'),
    'orders-handler': await codeBlock('orders-handler.ts'),
    'orders-handler-test': await codeBlock('orders-handler.test.ts'),
    attacks: attackTable(),
    errors: errorTable(),
    'token-errors': tokenErrorTable(),
  };
  return Object.entries(blocks).reduce((page, [name, content]) => {
    const block = new RegExp(`(<!-- begin: ${name} -->\n)[\\s\\S]*?(<!-- end: ${name} -->)`, 'g');
    return page.replace(block, (_, begin, end) => `${begin}\n${content}\n\n${end}`);
  }, text);
}

async function codeBlock(file: string): Promise<string> {
  const code = await readFile(join(repositoryRoot, 'tests/service', file), 'utf8');
  // The tests stand on the contract of the fixtures; a team's API takes its own.
  const shown = code.replace('./fixture-verifier.ts', '@cognito-m2m/contract/verifier');
  return `\`\`\`ts\n${shown}\`\`\``;
}

function attackTable(): string {
  const rows = attacks.map(({ attack, status, code }) => [
    attack,
    `${status} \`${code}\``,
    `\`${attack}: ${code}\``,
  ]);
  return formatTable([['attack', 'answer', `test in \`${TEST_FILE}\``], ...rows]);
}

function errorTable(): string {
  const rows = Object.entries(VERIFY_ERRORS).map(([code, { statusCode, message }]) => [
    `\`${code}\``,
    String(statusCode),
    statusCode === 503 ? 'yes' : 'no',
    message,
  ]);
  return formatTable([['code', 'status', 'retryable', 'meaning'], ...rows]);
}

function tokenErrorTable(): string {
  const rows = Object.entries(TOKEN_ERRORS).map(([code, { isRetryable, message }]) => [
    `\`${code}\``,
    isRetryable ? 'yes' : 'no',
    message,
  ]);
  return formatTable([['code', 'retryable', 'meaning'], ...rows]);
}

// Columns are aligned, as the formatter of this repository wants them.
export function formatTable([head = [], ...rows]: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = widths.map((width) => '-'.repeat(width));
  const format = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [head, line, ...rows].map(format).join('\n');
}
