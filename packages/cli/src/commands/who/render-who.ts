import { claimText } from '../../output/claim-text.ts';
import type { Style } from '../../output/style.ts';
import { renderTable } from '../../output/table.ts';
import type { WhoJson } from './who-json.ts';

/** The clients as a table. */
export function renderWho({ claim, carriers }: WhoJson, style: Style): string {
  if (carriers.length === 0) return 'No client carries it.';
  return renderTable(
    carriers,
    [
      { title: 'POOL', text: ({ pool }) => pool },
      { title: 'CLIENT', text: ({ client }) => client },
      { title: 'VALUE', isWrapped: true, text: ({ value }) => claimText(claim, value) },
      { title: 'LAYER', dropOrder: 1, text: ({ layer }) => layer },
      { title: 'WHEN', isWrapped: true, text: ({ when }) => when ?? 'every token' },
    ],
    style,
  );
}
