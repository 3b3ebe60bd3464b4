import type { Claims } from '@cognito-m2m/claim-schema';
import type { ClaimDiff } from '../../tokens/token-diff.ts';

/** One real token, compared. */
export interface TestedToken {
  readonly pool: string;
  readonly client: string;
  readonly clientId: string;
  /** `same`: as explain shows it. `different`: see the differences. `failed`: see the error. */
  readonly result: 'same' | 'different' | 'failed';
  /** `issued`, or the code of the denial. */
  readonly token?: string;
  readonly scopes: readonly string[];
  /** The claims that the trigger added. */
  readonly claims: Claims;
  readonly expiresAt?: string;
  /** `before` is what explain shows, `after` what the token holds. */
  readonly diff: readonly ClaimDiff[];
  readonly missingScopes: readonly string[];
  readonly extraScopes: readonly string[];
  /** What each side says, only if one is a token and the other is not, or the codes differ. */
  readonly outcome?: { readonly expected: string; readonly actual: string };
  readonly error?: {
    readonly code: string;
    readonly message: string;
    /** The command to run next. */
    readonly next: string;
  };
}

/** The answer of `m2m token --json`. */
export interface TokenTestJson {
  readonly environment: string;
  readonly target: string;
  /** True if every token is as explain shows it; then the exit code is 0, else 2. */
  readonly isSame: boolean;
  readonly tokens: readonly TestedToken[];
}
