import { DENIAL_MESSAGES, type OverrideRecord } from '@cognito-m2m/claim-schema';
import { type FoundClient, requireClient } from '../deployment/find-pools.ts';
import type { Command, CommandContext } from '../frame/command.ts';
import { EXIT_CODES } from '../frame/errors.ts';
import { parseMoment } from '../frame/input/times.ts';
import { pickScopes, readMetadata, type TokenRequestInput } from '../frame/input/token-request.ts';
import { toEpochSeconds, toIsoTime } from '../frame/time.ts';
import {
  type ClientRecords,
  claimRulesOf,
  readClientRecords,
} from '../prediction/client-records.ts';
import { grantedScopes } from '../prediction/predicted-token.ts';
import { toRevisionNote } from '../prediction/revisions.ts';
import { checkUserToken } from '../prediction/user-token.ts';
import { type ExplainedToken, explainToken } from './explained-token.ts';
import { type ExplainJson, renderExplain } from './render-explain.ts';

/** Input of `m2m explain`. */
export interface ExplainInput extends TokenRequestInput {
  readonly poolName: string;
  readonly clientName: string;
  /** A moment. @default now */
  readonly at: string | undefined;
}

/** `m2m explain`: the token that a client would get, with the origin of every claim. */
export const explain: Command<CommandContext, ExplainInput> = async (context, input) => {
  const { environment, target } = context;
  const found = await requireClient(context, input.poolName, input.clientName);
  const allowed = await target.readScopes(found.deployed, found.clientName, found.clientId);
  const scopes = pickScopes(input.scopes, allowed, found.clientName);
  const metadata = await readMetadata(input.metadata);
  const now = toEpochSeconds(context.clock());
  const at = input.at === undefined ? now : parseMoment(input.at, '--at', now);
  const current = await readClientRecords(context, found);
  // Now is what the trigger reads now, whatever the clocks of those who wrote it say.
  const records = at < now ? recordsAt(current, at) : current;
  const userToken = await checkUserToken(context, records.baseline, metadata, at);
  const request = { clientId: found.clientId, scopes, metadata, token: userToken?.verdict };
  const explained = explainToken(records, request, at, claimRulesOf(environment));
  const json: ExplainJson = {
    environment: environment.name,
    target: target.label,
    ...describeFound(found),
    at: toIsoTime(at),
    request: { scopes, metadataKeys: Object.keys(metadata ?? {}) },
    userToken: userToken?.json,
    ...describeToken(explained, records, scopes),
    sizeBudgetBytes: environment.trigger.sizeBudgetBytes,
  };
  return {
    json,
    text: (style) => renderExplain(json, context.commandLine, style),
    exitCode: json.token === 'issued' ? EXIT_CODES.ok : EXIT_CODES.findings,
  };
};

// Baselines keep no history; overrides do: for a moment that has passed, what was written later does not count.
function recordsAt(records: ClientRecords, at: number): ClientRecords {
  const isWritten = ({ updatedAt }: OverrideRecord) => toEpochSeconds(Date.parse(updatedAt)) <= at;
  return { ...records, revisions: records.revisions.filter(isWritten) };
}

function describeFound({ declared, clientName, clientId }: FoundClient) {
  return { pool: declared.name, client: clientName, clientId };
}

function describeToken(
  { resolution, claims }: ExplainedToken,
  { revisions }: ClientRecords,
  asked: readonly string[],
) {
  if (resolution.outcome === 'issue') {
    const { suppress, dropped, sizeBytes } = resolution;
    const scopes = grantedScopes(asked, resolution);
    return { token: 'issued', claims, scopes, suppressed: suppress, dropped, sizeBytes };
  }
  const { code, subject } = resolution;
  const disabling = code === 'ERR_CLIENT_DISABLED' ? findDisabling(revisions) : undefined;
  return {
    token: code,
    message: DENIAL_MESSAGES[code],
    subject,
    disabledBy: disabling && toRevisionNote(disabling),
    claims,
    scopes: [],
    suppressed: [],
    dropped: [],
    sizeBytes: 0,
  };
}

/** The first revision of the last unbroken run of disabled ones. */
function findDisabling(revisions: readonly OverrideRecord[]): OverrideRecord | undefined {
  const lastEnabled = revisions.findLastIndex(({ disabled }) => !disabled);
  return revisions[lastEnabled + 1];
}
