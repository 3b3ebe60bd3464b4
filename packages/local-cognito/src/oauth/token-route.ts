import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Core } from '../core.ts';
import { type GrantResult, grantToken } from './grant-token.ts';
import { type OAuthError, toErrorBody } from './oauth-error.ts';

/** Serves `POST /<pool>/oauth2/token`; the pool is named by its name or its id. */
export function registerTokenRoute(app: FastifyInstance, core: Core): void {
  app.all<{ Params: { pool: string } }>('/:pool/oauth2/token', async (request, reply) => {
    const startedAt = core.clock();
    if (request.method !== 'POST') return sendError(reply.header('allow', 'POST'), NOT_A_POST);
    const pool = core.directory.findPool(request.params.pool);
    if (pool === undefined) return sendError(reply, unknownPool(core));
    const granted = await grantToken(core, pool, {
      contentType: request.headers['content-type'],
      authorization: request.headers.authorization,
      body: Buffer.isBuffer(request.body) ? request.body.toString('utf8') : '',
    });
    const status = 'error' in granted.result ? (granted.result.status ?? 400) : 200;
    core.journal.add({
      at: new Date(startedAt).toISOString(),
      via: 'oauth2/token',
      status,
      durationMs: core.clock() - startedAt,
      poolName: pool.name,
      ...toRecord(granted),
    });
    const { result } = granted;
    return 'error' in result ? sendError(reply, result) : sendToken(reply, result);
  });
}

const NOT_A_POST: OAuthError = {
  error: 'invalid_request',
  status: 405,
  reason: 'the method is not POST',
};

/** Sends a refusal. */
export function sendError(reply: FastifyReply, error: OAuthError): FastifyReply {
  return noStore(reply.status(error.status ?? 400)).send(JSON.stringify(toErrorBody(error)));
}

function sendToken(
  reply: FastifyReply,
  token: { accessToken: string; expiresInSeconds: number },
): FastifyReply {
  return noStore(reply).send(
    JSON.stringify({
      access_token: token.accessToken,
      expires_in: token.expiresInSeconds,
      token_type: 'Bearer',
    }),
  );
}

function noStore(reply: FastifyReply): FastifyReply {
  return reply.type('application/json;charset=UTF-8').headers({
    'cache-control': 'no-cache, no-store, max-age=0, must-revalidate',
    pragma: 'no-cache',
  });
}

function toRecord({ client, result }: GrantResult) {
  const who = client && { clientId: client.clientId, clientName: client.name };
  if ('error' in result) return { ...who, error: result.error, reason: result.reason };
  const { payload, customClaims, ignoredClaims } = result;
  return { ...who, scopes: String(payload['scope']).split(' '), customClaims, ignoredClaims };
}

function unknownPool({ directory }: Core): OAuthError {
  const known = directory.pools.map(({ name }) => name).join(', ');
  return {
    error: 'invalid_request',
    status: 404,
    description: `No user pool of this name or id; known: ${known}.`,
    reason: 'no such pool',
  };
}
