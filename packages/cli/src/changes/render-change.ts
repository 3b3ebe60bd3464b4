import type { OverrideRecord, Resolution } from '@cognito-m2m/claim-schema';
import { claimText } from '../output/claim-text.ts';
import { plainText } from '../output/plain-text.ts';
import type { Style } from '../output/style.ts';
import { expiriesOf } from '../tokens/expiries.ts';
import { isSameToken, renderDiff } from '../tokens/token-diff.ts';
import type { ChangePlan } from './plan-change.ts';

/** The token before and after a change, what differs, and what is written. */
export function renderChange(
  { before, after, diff, record }: ChangePlan,
  sizeBudgetBytes: number,
  style: Style,
): string {
  const { bold } = style.colours;
  const differences = isSameToken(diff)
    ? ['No token changes: a layer above sets the same claims, or they hold these values already.']
    : renderDiff(diff, style);
  return [
    bold('Token before'),
    ...renderToken(before, sizeBudgetBytes),
    bold('Token after'),
    ...renderToken(after, sizeBudgetBytes),
    bold('Changes'),
    ...differences.map((line) => `  ${line}`),
    ...(record === undefined ? [] : [bold(`Revision ${record.revision}`), ...renderRecord(record)]),
  ].join('\n');
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
