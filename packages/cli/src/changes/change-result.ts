import type { CommandContext, CommandResult } from '../command.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import type { FoundClient } from '../find-pools.ts';
import { type Expiries, expiriesOf } from '../tokens/expiries.ts';
import { isSameToken, showableDiff } from '../tokens/token-diff.ts';
import { toTokenJson } from '../tokens/token-json.ts';
import type { ChangeJson } from './change-json.ts';
import type { OverrideChange } from './override-change.ts';
import type { ChangePlan } from './plan-change.ts';
import { renderChange } from './render-change.ts';

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
  { deployed, clientName, clientId }: FoundClient,
  { plan, kind, ending }: EndedChange,
): CommandResult {
  const { record, request } = plan;
  const { scopes, metadata } = request;
  const isWritten = ending === 'shown' || ending === 'asked';
  const json: ChangeJson = {
    environment: environment.name,
    target: target.label,
    pool: deployed.name,
    client: clientName,
    clientId,
    isWritten,
    revision: isWritten ? (record?.revision ?? 0) : plan.newestRevision,
    ...(record && { reason: record.reason }),
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
        `Wrote revision ${json.revision}. ${effectOf(kind, plan, cacheSeconds)}`,
        ...endsOf(json.expiresAt),
      ]
    : [
        ending === 'refused'
          ? 'Nothing changed.'
          : 'Nothing to change: the override is so already.',
      ];
  return {
    json,
    ...(ending === 'refused' && { exitCode: EXIT_CODES.fault }),
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
  const others = isSameToken(diff) ? '; the token with all scopes stays as it is' : '';
  return `${when} new tokens carry it as shown above${others}.`;
}

function endsOf(expiresAt: Expiries): string[] {
  return Object.entries(expiresAt).map(([name, time]) => `${name} expires ${time}.`);
}
