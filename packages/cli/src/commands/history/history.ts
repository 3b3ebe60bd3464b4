import type { Claims, OverrideRecord } from '@cognito-m2m/claim-schema';
import type { Command, CommandContext } from '../../command.ts';
import { requireClient } from '../../find-pools.ts';
import { readClientRecords } from '../../tokens/client-records.ts';
import { diffExpiries, expiriesOf } from '../../tokens/expiries.ts';
import { toRevisionNote } from '../../tokens/explained-token.ts';
import { diffClaims, showableDiff } from '../../tokens/token-diff.ts';
import type { HistoryJson, RevisionJson } from './history-json.ts';
import { renderHistory } from './render-history.ts';

/** Input of `m2m history`. */
export interface HistoryInput {
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
    pool: input.poolName,
    client: input.clientName,
    clientId: found.clientId,
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
