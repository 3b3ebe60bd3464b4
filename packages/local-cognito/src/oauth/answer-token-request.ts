import type { Core } from '../core.ts';
import type { UserPool } from '../pools/user-pool.ts';
import { type GrantResult, grantToken, type TokenHttpRequest } from './grant-token.ts';

/** Answers one request of the token endpoint and keeps it in the journal: what the route and the inspector page both do. */
export async function answerTokenRequest(
  core: Core,
  pool: UserPool,
  request: TokenHttpRequest,
): Promise<GrantResult> {
  const startedAt = core.clock();
  const granted = await grantToken(core, pool, request);
  const durationMs = core.clock() - startedAt;
  core.journal.add(() => ({
    at: new Date(startedAt).toISOString(),
    via: 'oauth2/token',
    status: 'error' in granted.result ? (granted.result.status ?? 400) : 200,
    durationMs,
    poolName: pool.name,
    ...toRecord(granted),
  }));
  return granted;
}

function toRecord({ client, result }: GrantResult) {
  const who = client && { clientId: client.clientId, clientName: client.name };
  if ('error' in result) return { ...who, error: result.error, reason: result.reason };
  const { payload, customClaims, ignoredClaims } = result;
  return { ...who, scopes: String(payload['scope']).split(' '), customClaims, ignoredClaims };
}
