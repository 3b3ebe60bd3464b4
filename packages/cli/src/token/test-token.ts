import { resolveClaims } from '@cognito-m2m/claim-schema';
import type { CommandContext } from '../command.ts';
import type { TestedToken } from '../commands/token/token-json.ts';
import type { FoundClient } from '../find-pools.ts';
import { claimRulesOf } from '../tokens/claim-rules.ts';
import { layersOf, readClientRecords } from '../tokens/client-records.ts';
import { toEpochSeconds, toIsoTime } from '../tokens/time.ts';
import { showableDiff } from '../tokens/token-diff.ts';
import { showableClaims } from '../tokens/token-json.ts';
import { type ActualToken, addedClaims, compareToken } from './compare-token.ts';
import { requestToken, type TokenRequest } from './request-token.ts';
import type { TokenChecker } from './verify-token.ts';

/**
 * Gets a real token as a client, verifies it, and compares it with what explain shows.
 *
 * @throws {CliError} If there is no secret, the endpoint can't be reached, or the token does not verify.
 */
export async function testToken(
  context: CommandContext,
  found: FoundClient,
  request: TokenRequest,
  checker: TokenChecker,
): Promise<TestedToken> {
  const { environment, target, clock } = context;
  const { deployed, clientName, clientId } = found;
  const credentials = await target.readCredentials(deployed.name, clientName);
  const answer = await requestToken(deployed.tokenEndpoint, credentials, request);
  // Read after the token: a change in between then shows as what the trigger had not seen yet.
  const layers = layersOf(await readClientRecords(context, found));
  const asked = { clientId, ...request };
  const rules = claimRulesOf(environment);
  const expected = resolveClaims(layers, asked, toEpochSeconds(clock()), rules);
  const place = { pool: deployed.name, client: clientName, clientId };
  if (!answer.isIssued) {
    return describe(place, { outcome: answer.code }, expected, request);
  }
  const { payload, scopes, expiresAt } = await checker.check(answer.accessToken, clientId);
  return {
    ...describe(place, { outcome: 'issued', payload, scopes }, expected, request),
    expiresAt: toIsoTime(expiresAt),
  };
}

function describe(
  place: Pick<TestedToken, 'pool' | 'client' | 'clientId'>,
  actual: ActualToken,
  expected: ReturnType<typeof resolveClaims>,
  request: TokenRequest,
): TestedToken {
  const comparison = compareToken(expected, actual, request.scopes);
  const { isSame, claims, missingScopes, extraScopes, outcome } = comparison;
  return {
    ...place,
    result: isSame ? 'same' : 'different',
    token: actual.outcome,
    scopes: 'scopes' in actual ? actual.scopes : [],
    claims: 'payload' in actual ? showableClaims(addedClaims(actual.payload)) : {},
    diff: showableDiff(claims),
    missingScopes,
    extraScopes,
    ...(outcome && { outcome }),
  };
}
