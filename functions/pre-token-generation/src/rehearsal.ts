import type { BaselineRecord, Contract } from '@cognito-m2m/claim-schema';
import { createClaimsResolver } from './claims-resolver.ts';
import { createClaimsSource } from './claims-source.ts';
import type { Clock } from './clock.ts';
import { createHandler } from './create-handler.ts';
import { createIssueClaims } from './issue-claims.ts';
import { createLineLogger } from './line-logger.ts';
import type { UserTokens } from './user-tokens.ts';

/** Nobody's name: ids of Amazon Cognito hold no exclamation mark. */
const NAME = '!rehearsal';
const SCOPE = 'rehearsal/scope';

const CONTRACT: Contract = { note: { type: 'string', description: 'A claim of no token.' } };

const RECORD: BaselineRecord = {
  kind: 'baseline',
  userPoolId: NAME,
  clientId: NAME,
  poolName: NAME,
  clientName: NAME,
  owner: NAME,
  defaults: { note: 'default' },
  claims: {},
  claimsByScope: { [SCOPE]: { note: 'scope' } },
  claimsFromMetadata: { note: { key: 'note', allow: ['metadata'], required: false } },
  suppressClaims: [],
  addScopes: [],
  suppressScopes: [],
};

/** The made-up client takes nothing from a user's token. */
const NO_TOKENS: Pick<UserTokens, 'prepare' | 'check'> = {
  prepare: () => {},
  check: () => undefined,
};

const eventOf = (clientId: string) => ({
  triggerSource: NAME,
  userPoolId: NAME,
  callerContext: { clientId },
  request: { scopes: [SCOPE], clientMetadata: { note: 'metadata' } },
});

/**
 * Takes a made-up token and a refusal through a trigger of their own while the container starts, so that the first real
 * one finds every function on its way compiled.
 *
 * Touches neither table nor metrics, and never fails: a fault would show with the first real token.
 *
 * @param edges.write - Receives the two lines; the trigger drops them.
 */
export async function rehearse(edges: {
  readonly clock: Clock;
  readonly write: (line: string) => void;
}): Promise<void> {
  const { clock, write } = edges;
  const source = createClaimsSource({
    reader: {
      readLayers: async (_userPoolId, clientId) => (clientId === NAME ? { baseline: RECORD } : {}),
      readSettings: async () => undefined,
    },
    clock,
    settings: { cacheSeconds: 0, maxStaleSeconds: 0 },
  });
  const resolve = createClaimsResolver({ contract: CONTRACT, sizeBudgetBytes: 1000 });
  const handler = createHandler({
    issueClaims: createIssueClaims({ source, resolve, tokens: NO_TOKENS, clock }),
    logger: createLineLogger(write),
    clock,
  });
  for (const clientId of ['!nobody', NAME]) {
    await handler(eventOf(clientId), { awsRequestId: NAME } as never).catch(() => {});
  }
}
