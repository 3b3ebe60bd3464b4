import { contract } from '@cognito-m2m/claim-schema/fixtures';
import { createClaimsReader } from '@cognito-m2m/claims-store/reader';
import type { ClaimsTable } from '@cognito-m2m/claims-store/testing';
import { createClaimsResolver } from '../src/claims-resolver.ts';
import { createClaimsSource } from '../src/claims-source.ts';
import type { Clock } from '../src/clock.ts';
import { createHandler, type IssueClaims, type TriggerHandler } from '../src/create-handler.ts';
import { createIssueClaims } from '../src/issue-claims.ts';
import type { LineWriter } from '../src/line-writer.ts';
import { createUserTokens, type UserTokens } from '../src/user-tokens.ts';
import { createTokenChecks } from '../src/verified-token/token-checks.ts';

/** One line as it was handed to the logger. */
export interface LoggedLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
  readonly [name: string]: unknown;
}

/** The whole trigger over a real table, with its lines kept. */
export interface TestTrigger {
  readonly handler: TriggerHandler;
  readonly lines: LoggedLine[];
}

/** Puts the trigger together as `handler.ts` does, with a clock of the test's own. */
export function createTestTrigger(edges: {
  readonly table: ClaimsTable;
  readonly clock: Clock;
  /** These two instead of the real ones. */
  readonly issueClaims?: IssueClaims;
  readonly logger?: LineWriter;
  readonly sizeBudgetBytes?: number;
  /** @default a verifier that reads no keys at start */
  readonly tokens?: UserTokens;
}): TestTrigger {
  const { table, clock, sizeBudgetBytes = 4096 } = edges;
  const { logger: keeper, lines } = createLineKeeper();
  const logger = edges.logger ?? keeper;
  const source = createClaimsSource({
    reader: createClaimsReader(table),
    clock,
    settings: { cacheSeconds: 30, maxStaleSeconds: 900 },
  });
  const resolve = createClaimsResolver({ contract, sizeBudgetBytes });
  const tokens = edges.tokens ?? createTestTokens(clock);
  const issueClaims = edges.issueClaims ?? createIssueClaims({ source, resolve, tokens, clock });
  return { handler: createHandler({ issueClaims, logger, clock }), lines };
}

/** Creates the verification of users' tokens, with the keys of some issuers to be read at start. */
export function createTestTokens(
  clock: Clock,
  issuers: readonly { readonly issuer: string }[] = [],
): UserTokens {
  const options = { issuers, clock, maxStaleSeconds: 900, allowLoopbackHttp: false };
  return createUserTokens(async () => createTokenChecks(options));
}

/** Creates a logger that keeps its lines. */
export function createLineKeeper(): { readonly logger: LineWriter; readonly lines: LoggedLine[] } {
  const lines: LoggedLine[] = [];
  const keep = (level: LoggedLine['level']) => (message: string, members: string) => {
    lines.push({ level, message, ...JSON.parse(`{${members}}`) });
  };
  return { logger: { info: keep('info'), warn: keep('warn'), error: keep('error') }, lines };
}

/** Creates a logger none of whose lines can be written. */
export function createBrokenLogger(): LineWriter {
  const fail = () => {
    throw new Error('canary: no disk');
  };
  return { info: fail, warn: fail, error: fail };
}
