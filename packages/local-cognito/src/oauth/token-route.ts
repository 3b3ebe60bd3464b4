import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Core } from '../core.ts';
import { answerTokenRequest } from './answer-token-request.ts';
import { type OAuthError, toErrorBody } from './oauth-error.ts';

/** Serves `POST /<pool>/oauth2/token`; the pool is named by its name or its id. */
export function registerTokenRoute(app: FastifyInstance, core: Core): void {
  app.all<{ Params: { pool: string } }>('/:pool/oauth2/token', async (request, reply) => {
    if (request.method !== 'POST') return sendError(reply.header('allow', 'POST'), NOT_A_POST);
    const pool = core.directory.findPool(request.params.pool);
    if (pool === undefined) return sendError(reply, unknownPool(core));
    const { result } = await answerTokenRequest(core, pool, {
      contentType: request.headers['content-type'],
      authorization: request.headers.authorization,
      body: Buffer.isBuffer(request.body) ? request.body.toString('utf8') : '',
    });
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

function unknownPool({ directory }: Core): OAuthError {
  const known = directory.pools.map(({ name }) => name).join(', ');
  return {
    error: 'invalid_request',
    status: 404,
    description: `No user pool of this name or id; known: ${known}.`,
    reason: 'no such pool',
  };
}
