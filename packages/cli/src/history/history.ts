import type { Claims, OverrideRecord } from '@cognito-m2m/claim-schema';
import { type ClaimDiff, diffClaims } from '@cognito-m2m/doctor/token-comparison';
import {
  type NamedClient,
  nameClient,
  placeText,
  requireClient,
} from '../deployment/find-pools.ts';
import type { Command, CommandContext } from '../frame/command.ts';
import type { Style } from '../frame/terminal.ts';
import { plainText } from '../frame/text.ts';
import {
  diffExpiries,
  type Expiries,
  type ExpiryDiff,
  expiriesOf,
  type RevisionNote,
  readClientRecords,
  renderExpiryDiffs,
  toRevisionNote,
} from '../prediction/client-records.ts';
import { renderClaimDiffs, showableDiff } from '../prediction/token-diff.ts';

/** Input of `m2m history`. */
interface HistoryInput {
  readonly poolName: string;
  readonly clientName: string;
}

/** `m2m history`: every revision of a client's override. */
export const history: Command<CommandContext, HistoryInput> = async (context, input) => {
  const found = await requireClient(context, input.poolName, input.clientName);
  const { revisions } = await readClientRecords(context, found);
  const json: HistoryJson = {
    environment: context.environment.name,
    target: context.target.label,
    ...nameClient(found),
    revisions: revisions
      .map((record, index) => describeRevision(record, revisions[index - 1]))
      .toReversed(),
  };
  return { json, text: (style) => renderHistory(json, style) };
};

function describeRevision(
  record: OverrideRecord,
  previous: OverrideRecord | undefined,
): RevisionJson {
  const changes = diffClaims(valuesOf(previous), valuesOf(record));
  return {
    ...toRevisionNote(record),
    disabled: record.disabled,
    changes: showableDiff(changes),
    expiryChanges: diffExpiries(previous, record),
    expiresAt: expiriesOf(record),
  };
}

function valuesOf(record: OverrideRecord | undefined): Claims {
  return Object.fromEntries(
    Object.entries(record?.claims ?? {}).map(([name, { value }]) => [name, value]),
  );
}

/** One revision, as `m2m history --json` shows it. */
interface RevisionJson extends RevisionNote {
  readonly disabled: boolean;
  /** What it changed in the override, against the revision before. */
  readonly changes: readonly ClaimDiff[];
  /** Claims that it left in the override, to end at another time. */
  readonly expiryChanges: readonly ExpiryDiff[];
  /** When its claims expire, by name. */
  readonly expiresAt: Expiries;
}

/** The answer of `m2m history --json`. */
interface HistoryJson extends NamedClient {
  readonly environment: string;
  readonly target: string;
  /** Newest first. */
  readonly revisions: readonly RevisionJson[];
}

/** The revisions, newest first, each with what it changed. */
function renderHistory(json: HistoryJson, style: Style): string {
  const { clientId, revisions } = json;
  const title = `${style.colours.bold(placeText(json))}  ${clientId}`;
  if (revisions.length === 0) return `${title}\nThis client has never had an override.`;
  const rendered = revisions.map((revision, index) =>
    renderRevision(revision, revisions[index + 1], style),
  );
  return [title, ...rendered].join('\n\n');
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
