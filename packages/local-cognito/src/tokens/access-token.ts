import { randomUUID } from 'node:crypto';
import type { CognitoBehaviour } from '../behaviour.ts';

/** What an access token is made of. */
export interface AccessTokenContent {
  readonly clientId: string;
  readonly issuer: string;
  readonly scopes: readonly string[];
  /** The trigger's claims; none of them is reserved. */
  readonly claims: { readonly [name: string]: unknown };
  readonly accessTokenMinutes: number;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly behaviour: Pick<CognitoBehaviour, 'customClaimsPosition' | 'scopeWhenNone'>;
}

/** The claims of an access token by name. */
export type AccessTokenPayload = { readonly [name: string]: unknown };

/**
 * Builds the payload of a client-credentials access token: the documented claims in the documented order, and the trigger's.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
 */
export function toAccessTokenPayload(content: AccessTokenContent): AccessTokenPayload {
  const { clientId, issuer, scopes, claims, accessTokenMinutes, now, behaviour } = content;
  const issuedAt = Math.floor(now / 1000);
  const hasScope = scopes.length > 0 || behaviour.scopeWhenNone === 'empty';
  const own = {
    sub: clientId,
    token_use: 'access',
    ...(hasScope && { scope: scopes.join(' ') }),
    auth_time: issuedAt,
    iss: issuer,
    exp: issuedAt + accessTokenMinutes * 60,
    iat: issuedAt,
    version: 2,
    jti: randomUUID(),
    client_id: clientId,
  };
  return behaviour.customClaimsPosition === 'last' ? { ...own, ...claims } : { ...claims, ...own };
}
