import {
  type ClaimRules,
  type Denial,
  type Fault,
  type MetadataSelector,
  needsSettings,
  type Resolution,
  resolveClaims,
  supposeToken,
  type TokenVerdict,
} from '@cognito-m2m/claim-schema';
import { toBaselineRecord, toSettingsRecord } from '../baseline-record.ts';
import type { Client, Pool } from '../environment.ts';

/** Stands for the ids that AWS gives later; no claim depends on them. */
const PLACEHOLDER_IDS = { userPoolId: 'pool', clientId: 'client' };

/** What the trigger answers to the requests between which all others of a client lie. */
export interface ClientTokens {
  /** No scope, and only the metadata that is required. */
  readonly smallest: Resolution;
  /** All scopes, and each metadata key with its longest value. */
  readonly largest: Resolution;
}

/** Resolves the smallest and the largest token of a declared client, as the trigger does after a deploy. */
export function resolveClientTokens(pool: Pool, client: Client, rules: ClaimRules): ClientTokens {
  const baseline = toBaselineRecord(pool, client, PLACEHOLDER_IDS);
  const layers = {
    baseline,
    // Only then, because a pool may declare thousands of scopes and clients.
    ...(needsSettings({ baseline }) && {
      settings: toSettingsRecord(pool, PLACEHOLDER_IDS.userPoolId),
    }),
  };
  const resolve = (
    scopes: readonly string[],
    selectors: readonly MetadataSelector[],
    token: TokenVerdict | undefined,
  ) => {
    const metadata = Object.fromEntries(selectors.map(({ key, allow }) => [key, longest(allow)]));
    const request = { clientId: PLACEHOLDER_IDS.clientId, scopes, metadata, token };
    return resolveClaims(layers, request, 0, rules);
  };
  const selectors = Object.values(client.claimsFromMetadata);
  const token = client.claimsFromToken && supposeToken(client.claimsFromToken, rules.contract);
  return {
    smallest: resolve(
      [],
      selectors.filter(({ required }) => required),
      client.claimsFromToken?.required ? token : undefined,
    ),
    largest: resolve(client.scopes, selectors, token),
  };
}

/**
 * Every client must get a token: the smallest request has all required claims, the largest fits the budget.
 *
 * Asks `resolveClaims` itself, so that what passes here is what the trigger issues.
 */
export function checkClientTokens(
  pool: Pool,
  client: Client,
  path: string,
  rules: ClaimRules,
): Fault[] {
  const { smallest, largest } = resolveClientTokens(pool, client, rules);
  const denials = [smallest, largest].filter((resolution) => resolution.outcome === 'deny');
  const unique = new Map(denials.map((denial) => [`${denial.code} ${denial.subject}`, denial]));
  return [...unique.values()].map((denial) => toFault(denial, path, rules));
}

function toFault({ code, subject }: Denial, path: string, rules: ClaimRules): Fault {
  if (code === 'ERR_CLAIMS_REQUIRED') {
    return { path, problem: `no token would carry the required claim "${subject}"` };
  }
  if (code === 'ERR_CLAIMS_TOO_LARGE') {
    const expected = `at most ${rules.sizeBudgetBytes} bytes of claims`;
    return { path, problem: 'the largest token would be over the size budget', expected };
  }
  return { path, problem: `no token could be issued: ${code}${subject ? ` ("${subject}")` : ''}` };
}

function longest(texts: readonly string[]): string {
  return texts.reduce((first, second) => (second.length > first.length ? second : first), '');
}
