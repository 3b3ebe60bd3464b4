import {
  type ClaimRequest,
  type ClaimRules,
  type Denial,
  type Fault,
  largestRequest,
  needsSettings,
  type Resolution,
  resolveClaims,
  smallestRequest,
  supposeToken,
} from '@cognito-m2m/claim-schema';
import { toBaselineRecord, toSettingsRecord } from '../baseline-record.ts';
import type { Client, Pool } from '../normalised-environment.ts';

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
    settings: needsSettings({ baseline })
      ? toSettingsRecord(pool, PLACEHOLDER_IDS.userPoolId)
      : undefined,
  };
  const requester = { clientId: PLACEHOLDER_IDS.clientId, scopes: client.scopes, baseline };
  const selector = client.claimsFromToken;
  const token = selector && supposeToken(selector, rules.contract);
  const resolve = (request: ClaimRequest) => resolveClaims(layers, request, 0, rules);
  return {
    smallest: resolve({
      ...smallestRequest(requester),
      token: selector?.required ? token : undefined,
    }),
    largest: resolve({ ...largestRequest(requester), token }),
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
