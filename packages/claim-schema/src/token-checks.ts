import type { TokenIssuer, TokenRefusalCode } from './token-selector.ts';

/** One check of a user's token, in the words of a person, and the refusals that it ends in. */
interface TokenCheck {
  /** `undefined` for a check that the declaration of the issuer leaves out. */
  readonly name: string | undefined;
  readonly codes: readonly TokenRefusalCode[];
}

/** The checks in the order in which the trigger makes them. */
function checksOf({ tokenUse, clientIds, audience }: TokenIssuer): TokenCheck[] {
  const recipients = [clientIds.length > 0 && 'app client', audience.length > 0 && 'audience'];
  return [
    { name: 'form', codes: ['ERR_TOKEN_MALFORMED', 'ERR_TOKEN_TOO_LARGE'] },
    { name: 'algorithm', codes: ['ERR_TOKEN_ALGORITHM'] },
    { name: 'issuer', codes: ['ERR_TOKEN_ISSUER'] },
    {
      name: 'signature',
      codes: ['ERR_TOKEN_KEY_UNKNOWN', 'ERR_TOKEN_KEYS_UNAVAILABLE', 'ERR_TOKEN_SIGNATURE'],
    },
    { name: 'expiry', codes: ['ERR_TOKEN_EXPIRED'] },
    { name: 'start', codes: ['ERR_TOKEN_NOT_YET_VALID'] },
    { name: 'age', codes: ['ERR_TOKEN_TOO_OLD'] },
    { name: tokenUse && 'token use', codes: ['ERR_TOKEN_USE'] },
    { name: recipients.filter(Boolean).join(' and '), codes: ['ERR_TOKEN_AUDIENCE'] },
    { name: 'claims', codes: ['ERR_TOKEN_CLAIM_MISSING', 'ERR_TOKEN_CLAIM_INVALID'] },
  ];
}

/**
 * Lists the checks that a user's token has passed.
 *
 * @param code - The refusal; `undefined` for a token that was accepted.
 * @returns Names such as `signature`, in the order of the checks.
 */
export function listPassedTokenChecks(
  issuer: TokenIssuer,
  code: TokenRefusalCode | undefined,
): string[] {
  const checks = checksOf(issuer);
  const failed = checks.findIndex(({ codes }) => code !== undefined && codes.includes(code));
  return checks.slice(0, failed === -1 ? checks.length : failed).flatMap(({ name }) => name ?? []);
}
