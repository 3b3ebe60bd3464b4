import type { AddressInfo } from 'node:net';
import { createTokenSigner } from '@cognito-m2m/claim-schema/testing';
import { describe, expect, test } from '@jest/globals';
import middy from '@middy/core';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import express from 'express';
import fastify from 'fastify';
import { createExpressGuard } from './express.ts';
import { createFastifyGuard } from './fastify.ts';
import type { GuardOptions } from './guard.ts';
import { createMiddyGuard } from './middy.ts';
import { createVerifier } from './verifier.ts';

const signer = createTokenSigner();
const verifier = createVerifier({
  pools: [{ issuer: signer.issuer, jwks: signer.jwks, clientIds: null }],
  tokenUse: 'access',
  grant: 'client_credentials',
});
const unreachable = createVerifier({
  pools: [{ issuer: 'http://127.0.0.1:1/pool', clientIds: null }],
  tokenUse: 'access',
  grant: 'client_credentials',
});
const scopes = { all: ['orders/read'] };
const claims = { environment: 'test' };

type Result = { statusCode: number; headers: Record<string, string>; body: string };

interface Answer {
  readonly status: number;
  readonly challenge: string | null;
  readonly retryAfter: string | null;
  readonly body: Record<string, unknown>;
}

type Call = (headers: Record<string, string>, options?: Options) => Promise<Answer>;

interface Options extends GuardOptions {
  readonly verifier?: typeof verifier;
}

describe.each<[string, Call]>([
  ['Fastify', callFastify],
  ['Express', callExpress],
  ['Middy', callMiddy],
])('the %s guard', (_, call) => {
  test('lets a good token in and hands on what it says', async () => {
    const answer = await call({ authorization: `Bearer ${signer.sign({ claims })}` });

    expect(answer).toMatchObject({ status: 200, body: { environment: 'test' } });
  });

  test.each([
    ['no header', {}, 'ERR_TOKEN_MISSING', 'Bearer'],
    ['another scheme', { authorization: 'Basic eDp5' }, 'ERR_TOKEN_MISSING', 'Bearer'],
    [
      'two tokens',
      { authorization: 'Bearer a, Bearer b' },
      'ERR_TOKEN_MALFORMED',
      'Bearer error="invalid_token"',
    ],
    [
      'a token that is none',
      { authorization: 'Bearer x' },
      'ERR_TOKEN_MALFORMED',
      'Bearer error="invalid_token"',
    ],
  ])('answers %s with 401 and a challenge', async (_, headers, code, challenge) => {
    const answer = await call(headers as Record<string, string>);

    expect(answer).toMatchObject({ status: 401, challenge, body: { code } });
  });

  test('answers a token without the scope with 403 and says which one', async () => {
    const token = signer.sign({ claims, scopes: ['orders/write'] });

    const answer = await call({ authorization: `bearer ${token}` });

    expect(answer).toMatchObject({
      status: 403,
      challenge: 'Bearer error="insufficient_scope", scope="orders/read"',
      body: { error: 'insufficient_scope', code: 'ERR_TOKEN_SCOPE' },
    });
  });

  test('answers 503 while the issuer is down', async () => {
    const token = createTokenSigner({ issuer: 'http://127.0.0.1:1/pool' }).sign({ claims });

    const answer = await call({ authorization: `Bearer ${token}` }, { verifier: unreachable });

    expect(answer).toMatchObject({
      status: 503,
      retryAfter: '1',
      body: { code: 'ERR_ISSUER_UNAVAILABLE' },
    });
  });

  test('reports why a request was not let in', async () => {
    const codes: string[] = [];

    await call({}, { onRefused: ({ code }) => codes.push(code) });

    expect(codes).toEqual(['ERR_TOKEN_MISSING']);
  });
});

test.each([
  ['Fastify', createFastifyGuard(verifier)],
  ['Express', createExpressGuard(verifier)],
  ['Middy', createMiddyGuard(verifier)],
])('the %s guard gives no token for a request that it has not checked', (_, guard) => {
  const isSetUpWrongly = expect.objectContaining({ code: 'ERR_VERIFIER_OPTIONS' });

  expect(() => guard.tokenOf({ headers: {} })).toThrow(isSetUpWrongly);
  expect(() => guard.require({ all: [] })).toThrow(isSetUpWrongly);
});

test('the Middy guard finds the header in the case that the caller chose', async () => {
  const answer = await callMiddy({ AUTHORIZATION: `Bearer ${signer.sign({ claims })}` });

  expect(answer.status).toBe(200);
});

async function callFastify(headers: Record<string, string>, options: Options = {}) {
  const guard = createFastifyGuard(options.verifier ?? verifier, options);
  const app = fastify();
  app.get('/', { onRequest: guard.require(scopes) }, (request) => guard.tokenOf(request).claims);
  const response = await app.inject({ url: '/', headers });
  return toAnswer(response.statusCode, new Headers(response.headers as never), response.json());
}

async function callExpress(headers: Record<string, string>, options: Options = {}) {
  const guard = createExpressGuard(options.verifier ?? verifier, options);
  const app = express();
  app.get('/', guard.require(scopes), (request, response) => {
    response.json(guard.tokenOf(request).claims);
  });
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const response = await fetch(`http://127.0.0.1:${port}/`, { headers });
    return toAnswer(response.status, response.headers, await response.json());
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

async function callMiddy(headers: Record<string, string>, options: Options = {}) {
  const guard = createMiddyGuard(options.verifier ?? verifier, options);
  const handler = middy<APIGatewayProxyEventV2, Result>()
    .use(guard.require(scopes))
    .handler(async (_event: APIGatewayProxyEventV2, context: Context) => {
      const body = JSON.stringify(guard.tokenOf(context).claims);
      return { statusCode: 200, headers: {}, body };
    });
  const event = { headers } as unknown as APIGatewayProxyEventV2;
  const {
    statusCode,
    headers: sent,
    body,
  } = await handler(event, { awsRequestId: '1' } as Context);
  return toAnswer(statusCode, new Headers(sent), JSON.parse(body));
}

function toAnswer(status: number, headers: Headers, body: unknown): Answer {
  return {
    status,
    challenge: headers.get('www-authenticate'),
    retryAfter: headers.get('retry-after'),
    body: body as Record<string, unknown>,
  };
}
