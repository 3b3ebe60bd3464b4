import { plainText } from '../../output/plain-text.ts';
import type { Style } from '../../output/style.ts';
import { type Column, renderTable } from '../../output/table.ts';
import type { ListedClientJson, ListedPoolJson, ListJson } from './list-json.ts';

const COLUMNS: readonly Column<ListedClientJson>[] = [
  { title: 'CLIENT', text: ({ client }) => client },
  { title: 'OWNER', dropOrder: 4, text: ({ owner }) => owner },
  {
    title: 'SCOPES',
    isWrapped: true,
    dropOrder: 3,
    text: ({ scopes }) => scopes?.join(' ') ?? '(not declared)',
  },
  { title: 'TOKEN', text: ({ token }) => token },
  {
    title: 'CLAIMS',
    align: 'right',
    dropOrder: 2,
    text: ({ claimCount }) => String(claimCount),
  },
  {
    title: 'BYTES',
    align: 'right',
    dropOrder: 1,
    text: ({ sizeBytes }) => String(sizeBytes),
  },
  {
    title: 'OVERRIDE',
    align: 'right',
    dropOrder: 5,
    text: ({ overrideRevision }) => (overrideRevision === 0 ? '-' : `r${overrideRevision}`),
  },
  { title: 'NEXT EXPIRY', text: ({ nextExpiryAt }) => nextExpiryAt ?? '-' },
];

/** The clients as one table for each pool. */
export function renderList({ pools }: ListJson, style: Style): string {
  return pools.map((pool) => renderPool(pool, style)).join('\n\n');
}

function renderPool(pool: ListedPoolJson, style: Style): string {
  const count = `${pool.clients.length} ${pool.clients.length === 1 ? 'client' : 'clients'}`;
  const title = `${style.colours.bold(pool.pool)}  ${pool.userPoolId}  ${count}`;
  const rest = pool.invalidItems.map((sortKey) =>
    style.colours.red(`Not a record: ${plainText(sortKey)} (m2m doctor says why)`),
  );
  return [title, renderTable(pool.clients, COLUMNS, style), ...rest].join('\n');
}
