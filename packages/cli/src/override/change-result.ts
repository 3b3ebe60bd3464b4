import type { OverrideRecord, Resolution } from '@cognito-m2m/claim-schema';
import type { ClaimDiff } from '@cognito-m2m/doctor/token-comparison';
import {
  type FoundClient,
  type NamedClient,
  nameClient,
  placeText,
} from '../deployment/find-pools.ts';
import type { CommandContext, CommandResult } from '../frame/command.ts';
import { EXIT_CODES } from '../frame/errors.ts';
import type { Style } from '../frame/terminal.ts';
import { claimText, plainText } from '../frame/text.ts';
import {
  type Expiries,
  type ExpiryDiff,
  expiriesOf,
  renderExpiryDiffs,
  type TokenJson,
  toTokenJson,
} from '../prediction/client-records.ts';
import {
  renderClaimDiffs,
  renderNameDiffs,
  showableDiff,
  type TokenDiff,
} from '../prediction/token-diff.ts';
import type { OverrideChange } from './next-state.ts';
import type { ChangePlan, HiddenDiff } from './plan-change.ts';

/** How a change ended: `shown` was not asked for and so shows the tokens, `asked` has shown them. */
export type ChangeEnding = 'nothing' | 'refused' | 'shown' | 'asked';

/** A change that has come to its end. */
interface EndedChange {
  readonly plan: ChangePlan;
  readonly kind: OverrideChange['type'];
  readonly ending: ChangeEnding;
}

/** Says what became of a change. */
export function describeChange(
  { environment, target }: CommandContext,
  found: FoundClient,
  { plan, kind, ending }: EndedChange,
): CommandResult {
  const { record, request } = plan;
  const { scopes, metadata } = request;
  const isWritten = ending === 'shown' || ending === 'asked';
  const json: ChangeJson = {
    environment: environment.name,
    target: target.label,
    ...nameClient(found),
    isWritten,
    revision: isWritten ? (record?.revision ?? 0) : plan.newestRevision,
    reason: record?.reason,
    request: { scopes, metadataKeys: Object.keys(metadata ?? {}) },
    isTokenChanged: !isSameToken(plan.diff),
    before: toTokenJson(plan.before, scopes),
    after: toTokenJson(plan.after, scopes),
    diff: showableDiff(plan.diff.claims),
    hidden: plan.hidden,
    expiryChanges: plan.expiryChanges,
    isOfTriggersContract: plan.isOfTriggersContract ?? null,
    expiresAt: record ? expiriesOf(record) : {},
  };
  const { cacheSeconds, sizeBudgetBytes } = environment.trigger;
  const sentence = isWritten
    ? [
        `Wrote revision ${json.revision} of ${placeText(json)}. ${effectOf(kind, plan, cacheSeconds)}`,
        ...endsOf(json.expiresAt),
      ]
    : [
        ending === 'refused'
          ? 'Nothing changed.'
          : 'Nothing to change: the override already has these values.',
      ];
  return {
    json,
    exitCode: ending === 'refused' ? EXIT_CODES.fault : EXIT_CODES.ok,
    text: (style) => {
      const tokens = ending === 'shown' ? [renderChange(plan, sizeBudgetBytes, style), ''] : [];
      return [...tokens, ...sentence].join('\n');
    },
  };
}

function effectOf(
  kind: OverrideChange['type'],
  { diff, hidden, expiryChanges }: ChangePlan,
  cacheSeconds: number,
): string {
  // The trigger serves what it has read for so long.
  const when = cacheSeconds === 0 ? 'From now on' : `In ${cacheSeconds} s at the latest`;
  if (kind === 'disable') {
    return `${when} the client gets no new token; issued ones stay valid until they expire.`;
  }
  if (kind === 'enable') return `${when} the client gets tokens again.`;
  if (hidden.length === 0) {
    if (!isSameToken(diff)) return `${when} new tokens carry it.`;
    return expiryChanges.length === 0 ? 'No token changes.' : 'No token changes now.';
  }
  const others = isSameToken(diff) ? '; the token with all scopes does not change' : '';
  return `${when} new tokens carry it as shown above${others}.`;
}

function endsOf(expiresAt: Expiries): string[] {
  return Object.entries(expiresAt).map(([name, time]) => `${name} expires ${time}.`);
}

/** The answer of `set`, `unset`, `rollback`, `disable` and `enable` with `--json`. */
interface ChangeJson extends NamedClient {
  readonly environment: string;
  readonly target: string;
  /** False if there was nothing to change, or the answer was no. */
  readonly isWritten: boolean;
  /** The newest revision, after the change; 0 without one. */
  readonly revision: number;
  /** Why; absent if there is nothing to change. */
  readonly reason?: string | undefined;
  /** Of the tokens shown: all scopes, and every metadata key. */
  readonly request: {
    readonly scopes: readonly string[];
    readonly metadataKeys: readonly string[];
  };
  /** False if the token with all scopes does not change. */
  readonly isTokenChanged: boolean;
  readonly before: TokenJson;
  readonly after: TokenJson;
  readonly diff: readonly ClaimDiff[];
  /** What changes in smaller tokens only, because a layer above sets the claim in the one with all scopes. */
  readonly hidden: readonly HiddenDiff[];
  /** Claims that stay and end at another time than before. */
  readonly expiryChanges: readonly ExpiryDiff[];
  /** False if the deployed trigger judges claims by another contract, null where nobody can say. */
  readonly isOfTriggersContract: boolean | null;
  /** When claims of the new revision expire. */
  readonly expiresAt: Expiries;
}

/** What is said of a change that shows nowhere. */
const NO_DIFFERENCE =
  'No token changes: a higher layer sets the same claims, or they already have these values.';

/** What is said if a claim that is right here may be wrong there. */
const OTHER_CONTRACT =
  'The deployed trigger was built with another contract, and may refuse a claim that is valid here. Deploy the claims stack first.';

/** What is said first if only smaller tokens change. */
const HIDDEN_ALONE = 'The token with all scopes does not change. Other tokens change:';

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

/** True if there is nothing to tell. */
function isSameToken({ claims, scopes, suppressed, outcome }: TokenDiff): boolean {
  return claims.length + scopes.length + suppressed.length === 0 && outcome === undefined;
}

/** The differences as lines: those of the claims, `+ scope name`, `- suppressed name`. */
function renderDiff(diff: TokenDiff, style: Style): string[] {
  const { claims, scopes, suppressed, outcome } = diff;
  const outcomeLine =
    outcome === undefined
      ? []
      : [style.colours.yellow(`! token: ${outcome.before} → ${outcome.after}`)];
  return [
    ...outcomeLine,
    ...renderClaimDiffs(claims, style),
    ...renderNameDiffs('scope', scopes, style),
    ...renderNameDiffs('suppressed', suppressed, style),
  ];
}
