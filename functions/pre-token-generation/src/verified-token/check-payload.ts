import type { TokenSelector } from '@cognito-m2m/claim-schema';
import type { TokenPart } from './read-token.ts';
import { TokenRefusal } from './token-refusal.ts';

/** How far the issuer's clock may be ahead, in seconds. */
const CLOCK_TOLERANCE_SECONDS = 5;

/**
 * Checks when, for what use and for whom a token with a good signature was issued.
 *
 * @returns The age of the token in seconds.
 * @throws {TokenRefusal} With the code of the first check that fails.
 */
export function checkPayload(
  payload: TokenPart,
  { issuer, maxAgeSeconds }: TokenSelector,
  nowSeconds: number,
): number {
  const expiresAt = readTime(payload['exp']);
  const issuedAt = readTime(payload['iat']);
  const validFrom = payload['nbf'] === undefined ? issuedAt : readTime(payload['nbf']);
  if (nowSeconds >= expiresAt) throw new TokenRefusal('ERR_TOKEN_EXPIRED');
  if (Math.max(validFrom, issuedAt) > nowSeconds + CLOCK_TOLERANCE_SECONDS) {
    throw new TokenRefusal('ERR_TOKEN_NOT_YET_VALID');
  }
  const ageSeconds = nowSeconds - issuedAt;
  if (ageSeconds > maxAgeSeconds) throw new TokenRefusal('ERR_TOKEN_TOO_OLD');
  if (issuer.tokenUse !== undefined && payload['token_use'] !== issuer.tokenUse) {
    throw new TokenRefusal('ERR_TOKEN_USE');
  }
  checkAudience(payload, issuer);
  return Math.max(0, ageSeconds);
}

function checkAudience(payload: TokenPart, issuer: TokenSelector['issuer']): void {
  const audience = [payload['aud']].flat();
  // An ID token names its app client as the audience; access tokens in `client_id`, RFC 9068, or in `azp`.
  const clients = issuer.tokenUse === 'id' ? audience : [payload['client_id'] ?? payload['azp']];
  const isListed = (list: readonly string[], found: readonly unknown[]) =>
    list.some((name) => found.includes(name));
  const isForClient = issuer.clientIds.length === 0 || isListed(issuer.clientIds, clients);
  const isForAudience = issuer.audience.length === 0 || isListed(issuer.audience, audience);
  const hasCheck = issuer.clientIds.length + issuer.audience.length > 0;
  if (!hasCheck || !isForClient || !isForAudience) throw new TokenRefusal('ERR_TOKEN_AUDIENCE');
}

function readTime(value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new TokenRefusal('ERR_TOKEN_MALFORMED');
}
