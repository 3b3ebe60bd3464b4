import { plainText } from '../../output/plain-text.ts';
import type { Style } from '../../output/style.ts';
import { renderExpiryDiffs } from '../../tokens/expiries.ts';
import { renderClaimDiffs } from '../../tokens/token-diff.ts';
import type { HistoryJson, RevisionJson } from './history-json.ts';

/** The revisions, newest first, each with what it changed. */
export function renderHistory({ revisions }: HistoryJson, style: Style): string {
  if (revisions.length === 0) return 'No override was ever written for this client.';
  return revisions
    .map((revision, index) => renderRevision(revision, revisions[index + 1], style))
    .join('\n\n');
}

function renderRevision(
  revision: RevisionJson,
  previous: RevisionJson | undefined,
  style: Style,
): string {
  const { bold, red, green } = style.colours;
  const { updatedAt, updatedBy, reason, disabled, changes, expiryChanges, expiresAt } = revision;
  const wasDisabled = previous?.disabled ?? false;
  const switched = disabled ? red('! disabled') : green('! enabled');
  const lines = [
    ...(disabled === wasDisabled ? [] : [switched]),
    ...renderClaimDiffs(changes, style),
    ...renderExpiryDiffs(expiryChanges, style),
    ...Object.entries(expiresAt).map(([name, time]) => `  ${plainText(name)} expires ${time}`),
  ];
  const title = `${bold(`r${revision.revision}`)}  ${updatedAt}  ${plainText(updatedBy)}`;
  return [title, `  ${plainText(reason)}`, ...lines.map((line) => `  ${line}`)].join('\n');
}
