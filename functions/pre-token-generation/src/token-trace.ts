import type { ClaimLayers, IssuedClaims } from '@cognito-m2m/claim-schema';
import type { Context } from 'aws-lambda';
import type { TokenRequest } from './event.ts';
import type { CachedRead } from './record-cache.ts';
import type { UserTokenCheck } from './verified-token/token-checks.ts';

/** What became known about one token on its way, for its log line. */
export interface TokenTrace {
  /** By the steady clock, in milliseconds. */
  readonly startedMs: number;
  /** Lambda's id of the invocation. */
  readonly requestId: string | undefined;
  request?: TokenRequest;
  read?: CachedRead<ClaimLayers>;
  /** Milliseconds until the table was given up, if nothing could serve instead. */
  failedReadMs?: number;
  /** The user's token that was checked; never the token itself. */
  userToken?: UserTokenCheck | undefined;
  issued?: IssuedClaims;
}

/** Lambda's context with the trace of the token, which the log's middleware puts there first. */
export interface TracedContext extends Context {
  trace: TokenTrace;
}
