import type { IncomingMessage, ServerResponse } from 'node:http';
import { fail } from '../model/outcome.ts';
import { type OAuthError, sendRefusal, sendToken } from '../net/oauth-answer.ts';
import { readBody } from '../net/read-body.ts';
import type { Core } from '../tokens/core.ts';
import { grantToken, type TokenOutcome } from './grant-token.ts';

/** Answers the requests of a token endpoint. */
export interface TokenEndpoint {
  /** True for `/<pool>/oauth2/token`; the pool is named by its name or its id. */
  isAddressed(url: string): boolean;
  answer(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

// No name and no id of a pool needs an encoding.
const ADDRESS = /^\/([^/?%]+)\/oauth2\/token(?:\?|$)/;

/**
 * Creates the token endpoint of every pool, on Node's own HTTP server: one address with one kind of answer, errors of HTTP
 * included, needs no router.
 *
 * @param onAnswer - Called before the headers of an answer are sent.
 */
export function createTokenEndpoint(
  core: Core,
  onAnswer: (response: ServerResponse) => void,
): TokenEndpoint {
  return {
    isAddressed: (url) => ADDRESS.test(url),
    async answer(request, response) {
      const outcome = await grant(core, request).catch(() => fail(FAILED));
      onAnswer(response);
      if (outcome.ok) sendToken(response, outcome.value);
      else sendRefusal(response, outcome.failure, headersOf(outcome.failure));
    },
  };
}

async function grant(core: Core, request: IncomingMessage): Promise<TokenOutcome> {
  if (request.method !== 'POST') return fail(NOT_A_POST);
  const [, poolName = ''] = ADDRESS.exec(request.url ?? '') ?? [];
  const pool = core.directory.findPool(poolName);
  if (pool === undefined) return fail(unknownPool(core));
  const body = await readBody(request);
  if (body === undefined) return fail(TOO_LARGE);
  const { 'content-type': contentType, authorization } = request.headers;
  return grantToken(core, pool, { contentType, authorization, body });
}

function headersOf({ status }: OAuthError) {
  if (status === NOT_A_POST.status) return { allow: 'POST' };
  // What is left of the body is not read.
  return status === TOO_LARGE.status ? { connection: 'close' } : {};
}

const NOT_A_POST: OAuthError = {
  error: 'invalid_request',
  status: 405,
  reason: 'the method is not POST',
};

const TOO_LARGE: OAuthError = {
  error: 'invalid_request',
  status: 413,
  reason: 'the body is larger than 64 KB',
};

const FAILED: OAuthError = { error: 'server_error', status: 500, reason: 'the request failed' };

function unknownPool({ directory }: Core): OAuthError {
  const known = directory.pools.map(({ name }) => name).join(', ');
  return {
    error: 'invalid_request',
    status: 404,
    description: `No user pool of this name or id; known: ${known}.`,
    reason: 'no such pool',
  };
}
