import type { OverrideRecord, Resolution } from '@cognito-m2m/claim-schema';
import { claimText } from '../output/claim-text.ts';
import { plainText } from '../output/plain-text.ts';
import type { Style } from '../output/style.ts';
import { expiriesOf, renderExpiryDiffs } from '../tokens/expiries.ts';
import { isSameToken, renderClaimDiffs, renderDiff } from '../tokens/token-diff.ts';
import type { HiddenDiff } from './compare-tokens.ts';
import type { ChangePlan } from './plan-change.ts';

/** What is said of a change that shows nowhere. */
const NO_DIFFERENCE =
  'No token changes: a layer above sets the same claims, or they hold these values already.';

/** What is said if a claim that is right here may be wrong there. */
const OTHER_CONTRACT =
  'The deployed trigger was built with another contract: it may refuse a claim that is right here. Deploy the claims stack first.';

/** What is said first if smaller tokens alone change. */
const HIDDEN_ALONE = 'The token with all scopes stays as it is; what changes elsewhere:';

/** The token before and after a change, what differs, and what is written. */
export function renderChange(plan: ChangePlan, sizeBudgetBytes: number, style: Style): string {
  const { before, after, record } = plan;
  const { bold } = style.colours;
  return [
    bold('Token before (all scopes)'),
    ...renderToken(before, sizeBudgetBytes),
    bold('Token after (all scopes)'),
    ...renderToken(after, sizeBudgetBytes),
    bold('Changes'),
    ...renderDifferences(plan, style).map((line) => `  ${line}`),
    ...(plan.isOfTriggersContract === false ? [style.colours.yellow(OTHER_CONTRACT)] : []),
    ...(record === undefined ? [] : [bold(`Revision ${record.revision}`), ...renderRecord(record)]),
  ].join('\n');
}

function renderDifferences({ diff, hidden, expiryChanges }: ChangePlan, style: Style): string[] {
  const lines = [
    ...renderDiff(diff, style),
    ...hidden.map((claim) => renderHidden(claim, style)),
    ...renderExpiryDiffs(expiryChanges, style),
  ];
  if (lines.length === 0) return [NO_DIFFERENCE];
  return isSameToken(diff) && hidden.length > 0 ? [HIDDEN_ALONE, ...lines] : lines;
}

function renderHidden({ when, hiddenBy, ...claim }: HiddenDiff, style: Style): string {
  const [line] = renderClaimDiffs([claim], style);
  const where = `${line} (${plainText(when)})`;
  if (hiddenBy === undefined) return where;
  const winner = plainText(`${hiddenBy.layer} ${hiddenBy.source ?? ''}`.trimEnd());
  return `${where}: with all scopes, ${winner} sets ${plainText(claim.name)}`;
}

function renderRecord(record: OverrideRecord): string[] {
  const expiries = Object.entries(expiriesOf(record));
  return [
    `  reason: ${plainText(record.reason)}`,
    ...expiries.map(([name, time]) => `  ${plainText(name)} expires ${time}`),
  ];
}

function renderToken(resolution: Resolution, sizeBudgetBytes: number): string[] {
  if (resolution.outcome === 'deny') return [`  no token (${resolution.code})`];
  const claims = Object.entries(resolution.claims).map(
    ([name, value]) => `  ${plainText(name)} ${claimText(name, value)}`,
  );
  return [...claims, `  (${resolution.sizeBytes} of ${sizeBudgetBytes} bytes)`];
}
