import type { ClientDescription } from '../pool-description.ts';

const SECONDS_PER_UNIT = { seconds: 1, minutes: 60, hours: 3600, days: 86_400 } as const;
/** What Amazon Cognito gives an access token by itself. */
const DEFAULT_MINUTES = 60;
/** What Amazon Cognito takes. @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolClientType.html */
const MIN_MINUTES = 5;
const MAX_MINUTES = 1440;

/** How long the access tokens of a client live. */
interface TokenLifetime {
  /** Whole minutes, rounded down: no token lives longer than before. */
  readonly minutes: number;
  /** Seconds, as they are. */
  readonly seconds: number;
}

/** Reads the lifetime of a client's access tokens; the unit is hours unless the client says otherwise. */
export function tokenLifetime({
  AccessTokenValidity,
  TokenValidityUnits,
}: Pick<ClientDescription, 'AccessTokenValidity' | 'TokenValidityUnits'>): TokenLifetime {
  if (!AccessTokenValidity) return { minutes: DEFAULT_MINUTES, seconds: DEFAULT_MINUTES * 60 };
  const seconds =
    AccessTokenValidity * SECONDS_PER_UNIT[TokenValidityUnits?.AccessToken ?? 'hours'];
  const minutes = Math.min(MAX_MINUTES, Math.max(MIN_MINUTES, Math.floor(seconds / 60)));
  return { minutes, seconds };
}
