import type { IncomingMessage, ServerResponse } from 'node:http';
import { fail } from '../model/outcome.ts';
import { type OAuthError, sendRefusal, sendToken } from '../net/oauth-answer.ts';
import { toHostName } from '../net/origin-guard.ts';
import type { Core } from '../tokens/core.ts';
import { grantToken, type TokenOutcome } from './grant-token.ts';

/** Answers the requests of a token endpoint. */
interface TokenEndpoint {
  /**
   * Reads the target of a request.
   *
   * @returns What to pass to `answer`; `undefined` for a target that is not a token endpoint.
   */
  find(target: string): TokenAddress | undefined;
  answer(address: TokenAddress, request: IncomingMessage, response: ServerResponse): Promise<void>;
}

/** The token endpoint that a request addresses. */
interface TokenAddress {
  /** The name or the id of a pool; `undefined` for the endpoint of all pools. */
  readonly poolName: string | undefined;
  readonly query: string;
}

const ADDRESS = /^(?:\/([^/?]+))?\/oauth2\/token(?:\?(.*))?$/s;

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
    find(target) {
      const found = ADDRESS.exec(target);
      if (found === null) return undefined;
      const [, name, query = ''] = found;
      if (name === undefined) return { poolName: undefined, query };
      const poolName = decode(name);
      return poolName === undefined ? undefined : { poolName, query };
    },
    async answer(address, request, response) {
      const fault = core.faults.next();
      if (fault !== undefined && (await core.faults.send(fault, response))) return;
      const outcome = await grant(core, address, request).catch(() => fail(FAILED));
      onAnswer(response);
      if (outcome.ok) sendToken(response, outcome.value);
      else sendRefusal(response, outcome.failure, headersOf(outcome.failure));
    },
  };
}

/** @returns `undefined` for a name that cannot be decoded. */
function decode(name: string): string | undefined {
  try {
    return decodeURIComponent(name);
  } catch {
    return undefined;
  }
}

async function grant(
  core: Core,
  { poolName, query }: TokenAddress,
  request: IncomingMessage,
): Promise<TokenOutcome> {
  if (request.method !== 'POST') return fail(NOT_A_POST);
  const { directory } = core;
  const pool =
    poolName === undefined
      ? directory.findByHost(toHostName(request.headers.host))
      : directory.findPool(poolName);
  if (pool === undefined && poolName !== undefined) return fail(unknownPool(core));
  const body = await readBody(request);
  if (body === undefined) return fail(TOO_LARGE);
  const { 'content-type': contentType, authorization, host } = request.headers;
  return grantToken(core, pool, { contentType, authorization, host, query, body });
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

/** More than any token request needs. */
export const MAX_BODY_BYTES = 64 * 1024;

/**
 * Reads the body of a request as text.
 *
 * @returns `undefined` as soon as the body is larger than 64 KB. Never settles if the caller hangs up.
 */
function readBody(request: IncomingMessage): Promise<string | undefined> {
  return new Promise((resolve) => {
    if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) return resolve(undefined);
    const chunks: Buffer[] = [];
    let sizeBytes = 0;
    request.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      sizeBytes += chunk.length;
      if (sizeBytes > MAX_BODY_BYTES) resolve(undefined);
    });
    request.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
  });
}
